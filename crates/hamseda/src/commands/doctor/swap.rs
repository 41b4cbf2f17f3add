//! Whether what lies in memory can reach a disk: clips are opened in memory, and the kernel may move memory to swap.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::Check;

/// How a swap area keeps what it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Compressed, in memory.
    Memory,
    /// On a disk, encrypted.
    Encrypted,
    /// On a disk, as it is.
    Plain,
}

/// Every swap area of this machine. Plain ones are a warning: sealed files and keys are safe there, opened clips are not.
pub(super) fn check() -> Check {
    let listed = fs::read_to_string("/proc/swaps").unwrap_or_default();
    verdict(areas(&listed).map(|area| (area.to_owned(), kept(Path::new("/sys"), Path::new(area)))).collect())
}

/// Paths of the areas: the first column after the heading, blanks written as octal.
fn areas(listed: &str) -> impl Iterator<Item = &str> {
    listed.lines().skip(1).filter_map(|line| line.split_whitespace().next())
}

fn verdict(areas: Vec<(String, Kept)>) -> Check {
    let plain: Vec<_> = areas.iter().filter(|(_, kept)| *kept == Kept::Plain).map(|(area, _)| area.as_str()).collect();
    if plain.is_empty() {
        let found = if areas.is_empty() { "off" } else { "encrypted, or in memory" };
        return Check { name: "swap", ok: true, found: found.into(), mend: None };
    }
    let found = format!("not encrypted: {}; an opened clip may be written there", plain.join(", "));
    let mend = format!(
        "swapoff {}; then encrypt it (crypttab: swap) or use zram, on the machine of desk and worker",
        plain.join(" ")
    );
    Check { name: "swap", ok: true, found, mend: Some(mend) }
}

/// How an area keeps what it gets, from what the kernel says of its device under `sys`.
fn kept(sys: &Path, area: &Path) -> Kept {
    let Ok(meta) = fs::metadata(area) else { return Kept::Plain };
    // A file lies on the device of its file system.
    let device = if meta.rdev() == 0 { meta.dev() } else { meta.rdev() };
    let link = sys.join("dev/block").join(format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device)));
    fs::canonicalize(link).map_or(Kept::Plain, |device| of_device(&device, 0))
}

/// Of a device: its own kind, or that of what it is made of.
fn of_device(device: &Path, depth: u8) -> Kept {
    let name = device.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if name.starts_with("zram") {
        let backing = fs::read_to_string(device.join("backing_dev")).unwrap_or_default();
        return if matches!(backing.trim(), "" | "none") { Kept::Memory } else { Kept::Plain };
    }
    let uuid = fs::read_to_string(device.join("dm/uuid")).unwrap_or_default();
    if uuid.starts_with("CRYPT-") {
        return Kept::Encrypted;
    }
    let below: Vec<PathBuf> =
        fs::read_dir(device.join("slaves")).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    let encrypted = |below: &PathBuf| {
        let below = fs::canonicalize(below).unwrap_or_default();
        depth < 8 && of_device(&below, depth + 1) == Kept::Encrypted
    };
    if !below.is_empty() && below.iter().all(encrypted) { Kept::Encrypted } else { Kept::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_list_is_read() {
        let listed = "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2 partition 1 0 -2\n/swap\\040file file 1 0 -3\n";
        assert_eq!(areas(listed).collect::<Vec<_>>(), ["/dev/sda2", "/swap\\040file"]);
        assert_eq!(areas("Filename\tType\n").count(), 0);
    }

    #[test]
    fn only_plain_areas_are_a_warning() {
        assert_eq!(verdict(vec![]).mend, None);
        assert_eq!(
            verdict(vec![("/dev/zram0".into(), Kept::Memory), ("/dev/dm-1".into(), Kept::Encrypted)]).mend,
            None
        );
        let check = verdict(vec![("/dev/dm-1".into(), Kept::Encrypted), ("/swapfile".into(), Kept::Plain)]);
        assert!(check.found.contains("/swapfile") && !check.found.contains("dm-1"), "{}", check.found);
        assert!(check.mend.unwrap().starts_with("swapoff /swapfile;"));
    }

    #[test]
    fn a_device_is_as_good_as_what_it_is_made_of() {
        let sys = tempfile::tempdir().unwrap();
        let device = |name: &str, file: &str, text: &str, below: &[&Path]| {
            let path = sys.path().join(name);
            fs::create_dir_all(path.join("slaves")).unwrap();
            if !file.is_empty() {
                fs::create_dir_all(path.join(file).parent().unwrap()).unwrap();
                fs::write(path.join(file), text).unwrap();
            }
            for below in below {
                let link = path.join("slaves").join(below.file_name().unwrap());
                std::os::unix::fs::symlink(below, link).unwrap();
            }
            path
        };
        let disk = device("sda2", "", "", &[]);
        let crypt = device("dm-0", "dm/uuid", "CRYPT-LUKS2-0123-swap\n", &[&disk]);
        let volume = device("dm-1", "dm/uuid", "LVM-abc\n", &[&crypt]);
        let mixed = device("dm-2", "dm/uuid", "LVM-def\n", &[&crypt, &disk]);
        let zram = device("zram0", "backing_dev", "none\n", &[]);
        let backed = device("zram1", "backing_dev", "/dev/sda3\n", &[]);
        for (device, expected) in [
            (&disk, Kept::Plain),
            (&crypt, Kept::Encrypted),
            (&volume, Kept::Encrypted),
            (&mixed, Kept::Plain),
            (&zram, Kept::Memory),
            (&backed, Kept::Plain),
        ] {
            assert_eq!(of_device(device, 0), expected, "{}", device.display());
        }
    }
}
