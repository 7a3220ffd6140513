//! Writes every dialogue into a corpus folder: as the registry hears it, and given to its own
//! protocol unasked.

#[expect(dead_code, reason = "shared with others, who use the rest")]
mod script;

use std::path::PathBuf;
use std::{env, fs, io};

use overhear_dissectors::PROTOCOLS;
use overhear_testdata::dialogue;

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).unwrap_or("corpus/registry".into()));
    fs::create_dir_all(&folder)?;
    for dialogue in dialogue::all()? {
        let own = PROTOCOLS.iter().position(|one| one.facts().name == dialogue.protocol());
        let name = dialogue.name.replace('/', "-");
        for protocol in [Some(PROTOCOLS.len()), own].into_iter().flatten() {
            let seed = script::encode(&dialogue, u8::try_from(protocol).unwrap_or(u8::MAX));
            fs::write(folder.join(format!("{name}-{protocol}")), seed)?;
        }
    }
    Ok(())
}
