//! Answers a key's questions in the terminal.

use app::{
    keys::Event,
    prompts::{Finger, Prompt, PromptAnswer, PromptKind, Prompts, Quality, SecretKind},
};
use secrecy::ExposeSecret;
use std::io::{IsTerminal, Write};

use crate::{
    output::{bold, print_json},
    secret,
};

/// Shows each question and answers it as typed, until dropped. Without a terminal nobody can be asked:
/// questions are declined, with the reason on standard error.
pub(crate) async fn answer_prompts(prompts: &Prompts, json: bool) {
    let mut changes = prompts.subscribe();
    let mut last = None;
    loop {
        if let Some(prompt) = prompts.current().filter(|prompt| last != Some((prompt.id, prompt.tries_left)))
        {
            last = Some((prompt.id, prompt.tries_left));
            if json {
                let _ = print_json(&Event::Prompt(prompt.clone()));
            }
            let prompts = prompts.clone();
            // Reading the terminal blocks; the key goes on and may withdraw the question meanwhile.
            let answered = tokio::task::spawn_blocking(move || {
                let answer = ask(&prompt);
                if let Err(error) = prompts.answer(prompt.id, answer) {
                    eprintln!("{}", error.message);
                }
            });
            if answered.await.is_err() {
                return;
            }
            continue;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn ask(prompt: &Prompt) -> PromptAnswer {
    let site = prompt.rp_id.as_deref().unwrap_or("a program");
    let account = prompt.accounts.first().and_then(|account| account.name.as_deref()).unwrap_or("an account");
    let question = match prompt.kind {
        PromptKind::Register if prompt.rp_id.is_none() => {
            "Make this key a second factor of a site?".to_owned()
        }
        PromptKind::Authenticate if prompt.rp_id.is_none() => {
            "Sign in at a site by this second factor?".to_owned()
        }
        PromptKind::Register => format!("Create a passkey for {account} at {site}?"),
        PromptKind::Authenticate => format!("Sign in at {site}?"),
        PromptKind::Notice if prompt.already_registered => {
            format!("{site} already has a passkey here. Tell it so?")
        }
        PromptKind::Notice => format!("There is no passkey for {site} here. Tell it so?"),
        PromptKind::Verify => format!("Let a program act for you at {site}?"),
        PromptKind::Select => "Use this key?".to_owned(),
        PromptKind::Reset if prompt.long_touch => {
            "Erase every passkey on this key, as by a long touch? It cannot be undone.".to_owned()
        }
        PromptKind::Reset => "Erase every passkey on this key? It cannot be undone.".to_owned(),
        PromptKind::Fingerprint => {
            format!("Enrol a finger? Good samples needed: {}.", prompt.remaining_samples.unwrap_or_default())
        }
    };
    if let Some(problem) = &prompt.problem {
        eprintln!("{problem}");
    }
    anstream::eprintln!("{}", bold(question));
    if !std::io::stdin().is_terminal() {
        eprintln!(
            "Declined: there is no terminal to ask in. Choose --approve always or --approve never for a script."
        );
        return PromptAnswer::decline();
    }
    let Some(account) = choose_account(prompt) else { return PromptAnswer::decline() };
    if prompt.sensor {
        let touched = touch(prompt.kind == PromptKind::Fingerprint);
        return touched.map_or_else(PromptAnswer::decline, |touch| PromptAnswer { account, ..touch });
    }
    let what = match prompt.secret {
        SecretKind::None => return PromptAnswer { account, ..PromptAnswer::approve(None) },
        SecretKind::Passphrase => "Vault passphrase (empty declines)",
        SecretKind::Pin => "PIN of this key (empty declines)",
    };
    match secret::from_prompt(what) {
        Ok(secret) if !secret.expose_secret().is_empty() => {
            PromptAnswer { account, ..PromptAnswer::approve(Some(secret.expose_secret().to_owned())) }
        }
        _ => PromptAnswer::decline(),
    }
}

/// The account that was chosen; `None` for a no.
fn choose_account(prompt: &Prompt) -> Option<u32> {
    if prompt.accounts.len() > 1 {
        for (number, account) in prompt.accounts.iter().enumerate() {
            eprintln!("  {}  {}", number + 1, account.name.as_deref().unwrap_or("(no name)"));
        }
        let chosen: usize = typed("Which account? (empty declines)").parse().ok()?;
        return u32::try_from(chosen.checked_sub(1)?).ok();
    }
    let plain = prompt.secret == SecretKind::None && !prompt.sensor;
    (!plain || matches!(typed("[y/N]").as_str(), "y" | "Y" | "yes")).then_some(0)
}

/// Which finger touches the sensor, and, for a sample, how well it is read; `None` for a no.
fn touch(sample: bool) -> Option<PromptAnswer> {
    let finger = *chosen(Finger::ALL, Finger::text, "Which finger touches the sensor? (empty declines)")?;
    let quality =
        if sample { chosen(Quality::ALL, Quality::text, "How is it read? (empty: well)") } else { None };
    Some(PromptAnswer::touch(finger, quality.copied().unwrap_or(Quality::Good)))
}

/// The one whose number was typed.
fn chosen<'a, T: Copy>(from: &'a [T], text: impl Fn(T) -> &'static str, question: &str) -> Option<&'a T> {
    for (number, one) in from.iter().enumerate() {
        eprintln!("  {}  {}", number + 1, text(*one));
    }
    let number: usize = typed(question).parse().ok()?;
    from.get(number.checked_sub(1)?)
}

fn typed(question: &str) -> String {
    eprint!("{question} ");
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    line.trim().to_owned()
}
