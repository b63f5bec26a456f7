use app::{
    AppError,
    security_keys::{Colour, Mark},
};

use super::{asking, shown};
use crate::{
    args::{self, Label, Which},
    commands::Context,
    output::{print_json, say},
};

pub(super) fn run(context: &Context, which: &Which, label: &Label) -> Result<(), AppError> {
    let (id, mark) = asking::with_key(context, which, async |key| {
        let kept = if label.remove { Mark::default() } else { context.app.key_mark(key)? };
        let mark = Mark {
            label: label.name.clone().or(kept.label),
            colour: label.colour.map(colour).or(kept.colour),
        };
        context.app.mark_key(key, &mark)?;
        Ok((key.id.clone(), context.app.key_mark(key)?))
    })?;
    if context.json {
        return print_json(&serde_json::json!({ "id": id, "label": mark.label, "colour": mark.colour }));
    }
    match &mark.label {
        Some(label) => say!("The key {id} is called {}.", shown::coloured(label, mark.colour)),
        None => say!("The key {id} has no label."),
    }
    if id.contains('@') {
        eprintln!("Another key is like it in all but the port: their labels swap with the ports.");
    }
    Ok(())
}

fn colour(colour: args::Colour) -> Colour {
    match colour {
        args::Colour::Red => Colour::Red,
        args::Colour::Orange => Colour::Orange,
        args::Colour::Yellow => Colour::Yellow,
        args::Colour::Green => Colour::Green,
        args::Colour::Blue => Colour::Blue,
        args::Colour::Purple => Colour::Purple,
        args::Colour::Pink => Colour::Pink,
        args::Colour::Grey => Colour::Grey,
    }
}
