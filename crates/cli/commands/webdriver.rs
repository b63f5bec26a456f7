use app::{
    AppError,
    webdriver::{WebDriverConfig, WebDriverEvent, WebDriverListener, WebDriverReach},
};
use std::sync::Arc;

use super::{Context, until_stopped, wait};
use crate::{
    args,
    output::{print_json, say},
};

pub(super) fn run(context: &Context, command: &args::WebDriver) -> Result<(), AppError> {
    let args::WebDriver::Serve { addr, uhid: _, tcp, unix } = command;
    let reach = match (tcp, unix) {
        (Some(address), _) => WebDriverReach::Tcp(*address),
        (None, Some(folder)) => WebDriverReach::Unix(folder.clone()),
        (None, None) => WebDriverReach::Uhid,
    };
    let listener: WebDriverListener = if context.json {
        // A reader that went away does not stop the endpoint.
        Arc::new(|event| drop(print_json(&event)))
    } else {
        Arc::new(|event| tell(&event))
    };
    wait(async {
        let config = WebDriverConfig { address: *addr, reach };
        let running = context.app.serve_webdriver(config, listener).await?;
        until_stopped().await?;
        running.stop().await;
        Ok(())
    })
}

fn tell(event: &WebDriverEvent) {
    match event {
        WebDriverEvent::Ready { url } => {
            say!("WebDriver clients connect to {url}. Stop it with Ctrl+C.");
        }
        WebDriverEvent::AuthenticatorAdded { authenticator, addresses } => {
            say!("The virtual authenticator {authenticator} is at {}.", addresses.join(", "));
        }
        WebDriverEvent::AuthenticatorRemoved { authenticator } => {
            say!("The virtual authenticator {authenticator} is gone.");
        }
    }
}
