//! The repository holds nothing that is true on one machine only: no absolute paths of somebody's, no package registry of somebody's.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Folders of machines that files were written on. In two parts, so that this file passes its own test.
const MACHINE_FOLDERS: [&str; 5] =
    [concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/tm", "p/wt"), concat!("/Us", "ers/")];

/// Hosts of package registries; a lock file that names one installs from nowhere else.
const REGISTRY_HOSTS: [&str; 5] = [
    concat!("py", "pi.org"),
    concat!("files.python", "hosted.org"),
    concat!("registry.npm", "js.org"),
    concat!("registry.yarn", "pkg.com"),
    concat!("index.cra", "tes.io"),
];

#[test]
fn no_file_names_a_folder_of_one_machine_or_a_package_registry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(files) = files_of_the_repository(root) else {
        eprintln!("skipped: git cannot list the files of {}", root.display());
        return;
    };
    assert!(files.iter().any(|file| file == "Cargo.toml"), "the list is too short to mean anything: {files:?}");
    let mut complaints = Vec::new();
    for file in files {
        // A file that is deleted and not yet committed is listed and not there.
        let Ok(bytes) = fs::read(root.join(&file)) else { continue };
        complaints.extend(complaints_about(&String::from_utf8_lossy(&bytes)).into_iter().map(|complaint| format!("{file}:{complaint}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_planted_path_and_a_planted_registry_are_found() {
    let [work, home, ..] = MACHINE_FOLDERS;
    let [python, ..] = REGISTRY_HOSTS;
    let text = format!("one\ncd {work}main\n\"{home}ana/x\"\nsrc{work}fine.rs example.org{home}fine\nhttps://{python}/simple");
    assert_eq!(complaints_about(&text), [format!("2: `{work}`"), format!("3: `{home}`"), format!("5: `{python}`")]);
}

/// The places that name what they should not, as `line: what`.
fn complaints_about(text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let found = MACHINE_FOLDERS
            .iter()
            .filter(|folder| names_folder(line, folder))
            .chain(REGISTRY_HOSTS.iter().filter(|host| line.contains(**host)));
        complaints.extend(found.map(|found| format!("{}: `{found}`", index + 1)));
    }
    complaints
}

/// Whether the folder stands there by itself, not as the tail of another path or of an address.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || "_-.}".contains(before)))
}

/// What is in the repository or would be with the next `git add`; nothing where there is no git or no repository.
fn files_of_the_repository(root: &Path) -> Option<Vec<String>> {
    let arguments = ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(root).output().ok()?;
    let listing = output.status.success().then_some(output.stdout)?;
    Some(String::from_utf8_lossy(&listing).split_terminator('\0').map(str::to_owned).collect())
}
