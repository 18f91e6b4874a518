//! `intakectl context show`: where commands go.

use crate::{Options, Report, Settings};
use runtime::Fault;
use schemas::provinces::Province;
use serde::Serialize;
use std::collections::BTreeMap;

/// The place, without its secrets.
#[derive(Debug, Serialize)]
pub struct Shown {
    context: Option<String>,
    brokers: String,
    namespace: String,
    username: Option<String>,
    mechanism: &'static str,
    tls: bool,
    properties: BTreeMap<String, String>,
    register: Option<String>,
    provinces: Vec<String>,
}

/// Tells where commands go with these options.
///
/// # Errors
/// As [`Settings::load`].
pub fn run(options: &Options) -> Result<Shown, Fault> {
    let settings = Settings::load(options)?;
    let slug = |province: &Province| province.slug.clone();
    Ok(Shown {
        context: settings.context.clone(),
        brokers: settings.kafka.brokers.clone(),
        namespace: settings.kafka.namespace.clone(),
        username: settings.kafka.username.clone(),
        mechanism: settings.kafka.mechanism.name(),
        tls: settings.kafka.ca_file.is_some(),
        properties: settings.kafka.properties.clone(),
        register: settings.register_shown(),
        provinces: settings.provinces.iter().map(slug).collect(),
    })
}

impl Report for Shown {
    fn table(&self) -> String {
        let none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let properties: String = self
            .properties
            .iter()
            .map(|(key, value)| format!("\nproperty    {key}={value}"))
            .collect();
        let user = match &self.username {
            Some(user) => format!("{user} ({})", self.mechanism),
            None => "none".to_owned(),
        };
        format!(
            "context     {}\nbrokers     {}\nnamespace   {}\nuser        {user}\nTLS         {}{properties}\n\
             register    {}\nprovinces   {}",
            none(&self.context),
            self.brokers,
            if self.namespace.is_empty() {
                "none"
            } else {
                &self.namespace
            },
            if self.tls { "yes" } else { "no" },
            none(&self.register),
            self.provinces.join(", ")
        )
    }
}
