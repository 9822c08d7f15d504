//! The vendored files of the pages are those of the packages that `ui/vendor/README.md` names, and all of them are listed.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

#[test]
fn every_vendored_file_is_listed_with_its_checksum() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/vendor");
    let list = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut listed = BTreeSet::new();
    for row in list.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let (file, checksum) = (format!("{}/{}", cells[1], cells[3]), cells[4]);
        assert_eq!(sha256(&unpacked(&folder.join(&file))), checksum, "{file}");
        listed.insert(file);
    }
    assert_eq!(listed, files_in(&folder));
}

fn unpacked(file: &Path) -> Vec<u8> {
    let bytes = std::fs::read(file).unwrap();
    if file.extension().is_none_or(|extension| extension != "gz") {
        return bytes;
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
    unpacked
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `package/file` for each file of each package.
fn files_in(folder: &Path) -> BTreeSet<String> {
    let names = |folder: &Path| -> Vec<String> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let packages = names(folder).into_iter().filter(|name| name != "README.md");
    packages.flat_map(|package| names(&folder.join(&package)).into_iter().map(move |file| format!("{package}/{file}"))).collect()
}
