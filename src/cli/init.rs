//! `windtunnel init`: a scenario to start from.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::printing::{fail, print, print_data};
use crate::scenario::{self, SCHEMA_FILE, Template};
use crate::shell::output;
use crate::shell::terminal::note;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel init > web.toml\n  windtunnel init --template trace --out demo && windtunnel run \
                        demo/trace.toml"
)]
pub(super) struct InitRequest {
    /// Which template: web, steady, step or trace
    #[arg(long, value_name = "NAME", default_value = "web")]
    pub(super) template: String,
    /// Write NAME.toml and the files it needs into this folder instead; nothing is overwritten
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// Runs the request.
pub(super) fn run(request: &InitRequest) -> Exit {
    let templates = scenario::templates();
    let Some(template) = templates.iter().find(|template| template.name == request.template) else {
        let exit = fail(Exit::Usage, &format!("there is no template `{}`; there are:", request.template));
        for known in templates {
            note(&format!("  {:8}{}\n", known.name, known.description));
        }
        return exit;
    };
    if let Some(folder) = &request.out {
        return write_template(template, folder);
    }
    let printed = print_data(template.text);
    if let ([(file, _), ..], Exit::Ok) = (template.companions, printed) {
        let name = template.name;
        note(&format!(
            "note: this scenario reads `{file}`, which must lie beside it; `windtunnel init --template {name} --out DIR` \
             writes both\n"
        ));
    }
    printed
}

/// Writes a template and its companions, or nothing at all where one of them exists.
fn write_template(template: &Template, folder: &Path) -> Exit {
    let scenario = format!("{}.toml", template.name);
    let mut files = vec![(folder.join(&scenario), template.text)];
    files.extend(template.companions.iter().map(|(path, text)| (folder.join(path), *text)));
    if let Some((taken, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        let message = format!("`{}` exists and is not overwritten; choose another folder", taken.display());
        return fail(Exit::Usage, &message);
    }
    // A schema that is there already is as good.
    let (schema, schema_path) = (scenario::json_schema(), folder.join(SCHEMA_FILE));
    if schema_path.symlink_metadata().is_err() {
        files.push((schema_path, &schema));
    }
    for (path, text) in &files {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str()))
        else {
            continue;
        };
        if let Err(error) = output::write_all(parent, [(name, text.as_bytes().to_vec())]) {
            return fail(Exit::RunFailed, &error.to_string());
        }
    }
    let written: Vec<String> = files.iter().map(|(path, _)| format!("{}\n", path.display())).collect();
    print(&written.concat())
}
