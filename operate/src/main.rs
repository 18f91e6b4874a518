//! `intakectl`: one enum of commands, each arm one call.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use normalise::Date;
use operate::show::{application, resident};
use operate::{Ended, Options, Settings, print};
use operate::{
    audit, books, context, control, doctor, export, groups, held, lag, latency, letters, matching, node,
    peek, register, replay, review, rules, top, topics, values,
};
use runtime::Fault;
use std::io::BufWriter;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Look after the intake pipeline: topics, lag, the books, nodes, residents, applications
///
/// Without flags it works with the local stack of the folder it is called in. What changes something
/// is a dry run without --execute.
///
/// Exit codes: 0 fine, 1 error, 2 usage, 3 lag over a threshold or a timeout, 4 refused by a safety check,
/// 5 the books, the register's references, topics and their declaration, or a replay and the register don't match.
#[derive(Debug, Parser)]
#[command(
    name = "intakectl",
    version,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct CommandLine {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Kafka topics: made, compared, looked into, and who may do what with them
    #[command(subcommand)]
    Topics(topics::Command),
    /// The central database: its schema, roles, references, digest; erasing people
    #[command(subcommand)]
    Register(register::Command),
    /// What waits, by province, in which stage and for how long; with --explain, why and what to do
    ///
    /// WAITING counts records, without transaction markers and what compaction removed, each at the province it
    /// belongs to, also where all provinces share a partition; PEOPLE counts applications. `~` marks what was
    /// estimated from the first 1 000 records of a partition. -o json has Kafka's own arithmetic for each
    /// partition, --by province the rows.
    #[command(
        after_help = "Examples:\n  intakectl lag\n  intakectl lag --province dien-bien --explain\n  intakectl lag --watch\n  intakectl lag --until-drained --timeout 600\n  intakectl lag --threshold 10000 -o json --by province"
    )]
    Lag(lag::Options),
    /// Everything that could be wrong: each check with its evidence and what to do
    ///
    /// Kafka and the register reached, topics as declared, groups and positions, clocks, roles, dead letters, silent
    /// nodes, room on this machine. Exit code 1 when something is bad. Nothing is changed.
    #[command(after_help = "Examples:\n  intakectl doctor\n  intakectl --context prod doctor -o json")]
    Doctor(doctor::Options),
    /// Records of a topic, decoded, what they say about a person masked
    ///
    /// It joins no group and commits nothing. Texts are hidden behind their first letter unless they are ids, codes or
    /// times, or --unmask is given by a login that may read forms in the register (roles reviewer, auditor, engineer). What
    /// can't be decoded is shown as such, with the reason and its length.
    #[command(
        after_help = "Examples:\n  intakectl peek enrich.normalised --at-committed\n  intakectl peek intake.applications.dien-bien -p 0 --offset 1200 -n 3\n  intakectl peek register.changes -p 7 -n 5 -o json"
    )]
    Peek(peek::Options),
    /// The pipeline on this terminal, kept up: provinces, stages, nodes, workers, causes
    ///
    /// Keys: 1 to 5 or Tab another page, arrows move, Enter into a province, Esc out, s another order, r look at once, ? help,
    /// q quit. Little is sent over the line: nothing is drawn before something has changed.
    #[command(after_help = "Examples:\n  intakectl top\n  intakectl top --every 10")]
    Top(top::Options),
    /// Consumer groups: who reads what, and what each has still to read
    #[command(subcommand)]
    Groups(groups::Command),
    /// Serve the lag engine's figures as metrics for Prometheus, until stopped
    ///
    /// /metrics answers from the last look; /healthz, /readyz. Lag metrics have the names of kafka-lag-exporter.
    #[command(after_help = "Example:\n  intakectl export --listen 0.0.0.0:9308 --cluster-name north")]
    Export(export::Options),
    /// How long events take from stage to stage, by province: half of them, 95 %, 99 %, all
    ///
    /// Of the last 24 hours, or of a day or any time you name: events count by when the broker appended
    /// them to their province's topic. Times that a node's own clock makes negative or longer than 90
    /// days are left out, and counted. Provinces come worst first, by the 99 % from topic to register.
    #[command(
        after_help = "Examples:\n  intakectl latency\n  intakectl latency --day 2026-11-24 --province dien-bien\n  intakectl latency --from 2026-11-24T08:00:00+07:00 --to 2026-11-24T09:00:00+07:00 -o json"
    )]
    Latency(latency::Options),
    /// The books: every event captured is pending, in transit, missing or received, and ended in one place
    ///
    /// Exit code 5 when they don't balance. Named are missing ranges of sequences, forks and broken links of a
    /// node's series, nodes that fell silent (which alone unbalances nothing), and rows of the register that
    /// somebody changed, added or deleted by hand.
    #[command(
        after_help = "Examples:\n  intakectl reconcile\n  intakectl reconcile --node dien-bien-01 -o json\n  intakectl reconcile --day 2026-11-24 --province dien-bien"
    )]
    Reconcile(books::Options),
    /// Register, list and retire intake nodes
    #[command(subcommand)]
    Node(node::Command),
    /// Look at a resident
    #[command(subcommand)]
    Resident(resident::Command),
    /// Look at an application
    #[command(subcommand)]
    Application(application::Command),
    /// Doubtful pairs of applications: look at them, decide them
    #[command(subcommand)]
    Review(review::Command),
    /// What match links by, and why two applications are one person or two; the same engine over any table
    ///
    /// `map`, `train` and `evaluate` work over a table: nothing is connected to, and no cell of it is printed; ids of
    /// records are. `train --register` learns from the register instead.
    #[command(subcommand, after_long_help = matching::MAPPING)]
    Match(matching::Command),
    /// Who looked at people's values, and what else somebody must answer for
    #[command(subcommand)]
    Audit(audit::Command),
    /// Records that could not be applied: look at them, send them again, give them up, export them
    ///
    /// The register keeps them whole, and prints none of their values. What is decided about them is an entry of the match
    /// log.
    #[command(subcommand)]
    DeadLetters(letters::Command),
    /// The past once more under other rules, beside what is live: planned, run, compared, approved, promoted, undone
    #[command(subcommand)]
    Replay(replay::Command),
    /// What waits because of a finding: by reason, province and age, and what would release it
    #[command(subcommand)]
    Held(held::Command),
    /// Positions taken out of the flow
    #[command(subcommand)]
    Control(control::Command),
    /// Take a record that crashes a worker out of the flow, as a dead letter
    ///
    /// normalise passes it on unread (reason code `operator.quarantined`) once it is started again: restart the workers.
    /// `intakectl dead-letters redrive` brings it back when the fault is mended.
    #[command(
        after_help = "Example:\n  intakectl quarantine intake.applications.son-la -p 0 --offset 120 --reason 'normalise ends at it' --execute"
    )]
    Quarantine(control::quarantine::Options),
    /// What the rules make of values: one a line on standard input, its answer on standard output
    ///
    /// Values are read as of today in Viet Nam, or of the day that --json names: a place's code or name, and what is
    /// still to come, depend on it.
    ///
    /// An answer is `ok`, the value; or `hold`, the value where there is one, and reason codes; or `reject`, nothing,
    /// and reason codes; with tabs between. Nothing is connected to, and nothing is kept.
    #[command(
        after_help = "Examples:\n  echo 'NGUYỄN VĂN A' | intakectl normalise --field full_name\n  echo '{\"value\": \"Nữ\", \"context\": {\"as_of\": \"2025-06-30\"}}' | intakectl normalise --field sex --json\n  echo '{\"value\": \"15\", \"context\": {\"as_of\": \"2024-05-01\"}}' | intakectl normalise --field place --json"
    )]
    Normalise(values::normalise::Options),
    /// What the rules find in a file of applications, before any of it is submitted
    ///
    /// Every line gets one JSON object on standard output, with its verdict and its findings as a clerk is told them;
    /// a summary comes on standard error. No value of a person is printed.
    #[command(after_help = "Example:\n  intakectl validate applications.ndjson > findings.ndjson")]
    Validate(values::validate::Options),
    /// The catalogue of rules, and rulesets' files
    #[command(subcommand)]
    Rules(rules::Command),
    /// The places that --context names
    #[command(subcommand, after_long_help = context::FORM)]
    Context(context::Command),
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  intakectl completions bash > /etc/bash_completion.d/intakectl")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let line = CommandLine::parse();
    // Log lines would spoil the screen; what they tell of is shown on it.
    if !matches!(line.command, Command::Top(_)) {
        runtime::telemetry::init();
    }
    match run(line).await {
        Ok(ended) => ended.exit_code(),
        Err(fault) => {
            eprintln!("intakectl: {fault}");
            fault.exit_code()
        }
    }
}

async fn run(line: CommandLine) -> Result<Ended, Fault> {
    use audit::Command as Audit;
    use context::Command as Context;
    use control::Command as Control;
    use held::Command as Held;
    use letters::Command as Letters;
    use matching::Command as Match;
    use node::Command as Node;
    use register::Command as Register;
    use replay::Command as Replay;
    use review::Command as Review;
    use rules::Command as Rules;
    let output = line.options.output;
    // These tell of settings that can't be loaded, too, or need none.
    match &line.command {
        Command::Context(Context::List) => return print(&context::list::run(&line.options)?, output),
        Command::Context(Context::Show) => return print(&context::show::run(&line.options)?, output),
        _ => {}
    }
    let settings = &Settings::load(&line.options)?;
    match line.command {
        Command::Context(_) => Ok(Ended::Fine), // answered above
        Command::Topics(command) => topics::run(settings, &command, output).await,
        Command::Register(Register::Migrate(args)) => {
            print(&register::migrate::run(settings, &args).await?, output)
        }
        Command::Register(Register::Roles(args)) => {
            print(&register::roles::run(settings, &args).await?, output)
        }
        Command::Register(Register::Check(args)) => {
            print(&register::check::run(settings, &args).await?, output)
        }
        Command::Register(Register::Erase(args)) => {
            print(&register::erase::run(settings, &args).await?, output)
        }
        Command::Register(Register::Digest) => print(&register::digest::run(settings).await?, output),
        Command::Doctor(args) => print(&doctor::run(settings, &args).await?, output),
        Command::Peek(args) => print(&peek::run(settings, &args).await?, output),
        Command::Lag(args) => lag::run(settings, &args, output).await,
        Command::Top(args) => top::run(settings.clone(), &args).await,
        Command::Export(args) => export::run(settings, &args).await,
        Command::Groups(groups::Command::List) => print(&groups::list(settings)?, output),
        Command::Groups(groups::Command::Describe(args)) => {
            print(&groups::describe(settings, &args)?, output)
        }
        Command::Latency(args) => {
            refuse(args.wrong(settings));
            print(&latency::run(settings, &args).await?, output)
        }
        Command::Reconcile(args) => {
            refuse(args.wrong(settings));
            print(&books::reconcile(settings, &args).await?, output)
        }
        Command::Node(Node::Add(args)) => print(&node::add::run(settings, &args).await?, output),
        Command::Node(Node::List(args)) => print(&node::list::run(settings, &args).await?, output),
        Command::Node(Node::Retire(args)) => print(&node::retire::run(settings, &args).await?, output),
        Command::Resident(resident::Command::Show(args)) => {
            print(&resident::run(settings, &args).await?, output)
        }
        Command::Application(application::Command::Show(args)) => {
            print(&application::run(settings, &args).await?, output)
        }
        Command::Review(Review::List(args)) => print(&review::list::run(settings, &args).await?, output),
        Command::Review(Review::Show(args)) => print(&review::show::run(settings, &args).await?, output),
        Command::Review(Review::Decide(args)) => print(&review::decide::run(settings, &args).await?, output),
        Command::Review(Review::Split(args)) => print(&review::split::run(settings, &args).await?, output),
        Command::Review(Review::Proposals(args)) => {
            print(&review::proposals::run(settings, &args).await?, output)
        }
        Command::Review(Review::Approve(args)) => {
            print(&review::approve::run(settings, &args).await?, output)
        }
        Command::Match(Match::Explain(args)) => {
            print(&matching::explain::run(settings, &args).await?, output)
        }
        Command::Match(Match::Activate(args)) => {
            print(&matching::activate::run(settings, &args).await?, output)
        }
        Command::Match(Match::Rules(args)) => print(&matching::rules::run(settings, &args).await?, output),
        Command::Match(Match::Curve) => print(&matching::curve::run(settings).await?, output),
        Command::Audit(Audit::List(args)) => print(&audit::list::run(settings, &args).await?, output),
        Command::Audit(Audit::Check(args)) => print(&audit::check::run(settings, &args).await?, output),
        Command::DeadLetters(Letters::List(args)) => {
            print(&letters::list::run(settings, &args).await?, output)
        }
        Command::DeadLetters(Letters::Group(args)) => {
            print(&letters::group::run(settings, &args).await?, output)
        }
        Command::DeadLetters(Letters::Show(args)) => {
            print(&letters::show::run(settings, &args).await?, output)
        }
        Command::DeadLetters(Letters::Redrive(args)) => {
            print(&letters::redrive::run(settings, &args).await?, output)
        }
        Command::DeadLetters(Letters::Discard(args)) => {
            print(&letters::discard::run(settings, &args).await?, output)
        }
        Command::DeadLetters(Letters::Export(args)) => {
            print(&letters::export::run(settings, &args).await?, output)
        }
        Command::Held(Held::List(args)) => print(&held::list::run(settings, &args).await?, output),
        Command::Held(Held::Group(args)) => print(&held::group::run(settings, &args).await?, output),
        Command::Held(Held::Decide(args)) => print(&held::decide::run(settings, &args).await?, output),
        Command::Held(Held::Show(args)) => print(&held::show::run(settings, &args).await?, output),
        Command::Replay(Replay::Plan(args)) => print(&replay::planning::run(settings, &args).await?, output),
        Command::Replay(Replay::Run(args)) => print(&replay::run::run(settings, &args).await?, output),
        Command::Replay(Replay::Diff(args)) => print(&replay::diff::run(settings, &args).await?, output),
        Command::Replay(Replay::Approve(args)) => {
            print(&replay::approve::run(settings, &args).await?, output)
        }
        Command::Replay(Replay::Promote(args)) => {
            print(&replay::promote::promote(settings, &args).await?, output)
        }
        Command::Replay(Replay::Undo(args)) => print(&replay::promote::undo(settings, &args).await?, output),
        Command::Replay(Replay::Status) => print(&replay::status::run(settings).await?, output),
        Command::Replay(Replay::Log(args)) => print(&replay::status::log(settings, &args).await?, output),
        Command::Replay(Replay::Discard(args)) => {
            print(&replay::discard::run(settings, &args).await?, output)
        }
        Command::Quarantine(args) => print(&control::quarantine::run(settings, &args).await?, output),
        Command::Control(Control::Skip(args)) => print(&control::skip::run(settings, &args).await?, output),
        Command::Control(Control::List) => print(&control::list::run(settings)?, output),
        Command::Normalise(args) => {
            let ruleset = runtime::settings::ruleset(args.ruleset.as_deref())?;
            let output = BufWriter::new(std::io::stdout().lock());
            values::normalise::run(&args, &ruleset, today(), std::io::stdin().lock(), output)
        }
        Command::Validate(args) => {
            let ruleset = runtime::settings::ruleset(args.ruleset.as_deref())?;
            let output = BufWriter::new(std::io::stdout().lock());
            let summary = values::validate::run(&args, &ruleset, today(), output)?;
            eprintln!("{summary}");
            Ok(Ended::Fine)
        }
        Command::Rules(Rules::List(args)) => print(&rules::list::run(&args)?, output),
        Command::Rules(Rules::Show(args)) => print(&rules::show::run(&args)?, output),
        Command::Rules(Rules::Diff(args)) => print(&rules::diff::run(&args)?, output),
        Command::Match(Match::Map(args)) => print(&matching::map::run(&args)?, output),
        Command::Match(Match::Train(args)) => print(&matching::train::run(settings, &args).await?, output),
        Command::Match(Match::Evaluate(args)) => print(&matching::evaluate::run(&args)?, output),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut CommandLine::command(),
                "intakectl",
                &mut std::io::stdout(),
            );
            Ok(Ended::Fine)
        }
    }
}

/// The day it is in Viet Nam.
fn today() -> Option<Date> {
    Date::in_viet_nam(runtime::clock::now())
}

/// Ends as clap does, with exit code 2, when something is wrong with the command line.
fn refuse(wrong: Option<String>) {
    if let Some(what) = wrong {
        CommandLine::command()
            .error(ErrorKind::ValueValidation, what)
            .exit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }
}
