//! `intakectl` as it is used: the real binary against the real Kafka and PostgreSQL of the local stack,
//! each test under a namespace and with a database of its own.

mod audit;
mod books;
mod causes;
mod contexts;
mod control;
mod day;
mod doctor;
mod erase;
mod export;
mod fixture;
mod groups;
mod held;
mod lag;
mod latency;
mod letters;
mod lost_connection;
mod matching;
mod nodes;
mod observability;
mod peek;
mod people;
mod references;
mod replay;
mod review;
mod roles;
mod scans;
mod show;
mod topic_tools;
mod topics;
