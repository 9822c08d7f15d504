// Shows the description of the service, in the colours that the reader prefers.
"use strict";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const colour = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", colour);
colour();

window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#description",
  deepLinking: true,
  displayRequestDuration: true,
  // Nobody else is asked whether the description is good.
  validatorUrl: null,
});
