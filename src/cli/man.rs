//! `windtunnel man`: the manual pages, made from the same declarations as `--help`.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use super::exit::Exit;
use super::printing::{fail, print, print_data};
use crate::shell::output;
use crate::shell::terminal::note;

#[derive(Args, Debug)]
pub(super) struct ManRequest {
    /// Folder for windtunnel.1, windtunnel-run.1, … [default: print windtunnel.1]
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// The same, as it was spelled before version 0.2
    #[arg(value_name = "DIR", hide = true, conflicts_with = "out")]
    pub(super) folder: Option<PathBuf>,
}

/// Writes every page of the program into the folder, or prints that of the program where none is named.
pub(super) fn run(request: &ManRequest, program: Command) -> Exit {
    let pages = match pages(program.disable_help_subcommand(true)) {
        Ok(pages) => pages,
        Err(error) => return fail(Exit::RunFailed, &format!("cannot make the manual pages: {error}")),
    };
    if request.folder.is_some() {
        note("note: a folder without `--out` is deprecated since version 0.2; use `--out DIR`\n");
    }
    let Some(folder) = request.out.as_ref().or(request.folder.as_ref()) else {
        let first = pages.first().map_or(&[][..], |(_, page)| page.as_slice());
        return print_data(&String::from_utf8_lossy(first));
    };
    let names: String = pages.iter().map(|(name, _)| format!("{}\n", folder.join(name).display())).collect();
    let written = output::prepare(folder).and_then(|()| {
        output::write_all(folder, pages.iter().map(|(name, page)| (name.as_str(), page.clone())))
    });
    match written {
        Ok(()) => print(&names),
        Err(error) => fail(Exit::RunFailed, &error.to_string()),
    }
}

/// The pages by file name, that of the program first.
fn pages(mut program: Command) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    program.build();
    let mut pages = vec![page(program.clone(), "windtunnel")?];
    for command in program.get_subcommands() {
        let name = format!("windtunnel-{}", command.get_name());
        pages.push(page(command.clone(), &name)?);
    }
    Ok(pages)
}

fn page(command: Command, name: &str) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let version = env!("CARGO_PKG_VERSION");
    Man::new(command).title(name).source(format!("windtunnel {version}")).render(&mut bytes)?;
    Ok((format!("{name}.1"), bytes))
}
