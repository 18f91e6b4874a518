//! What the machine can do at best: raw librdkafka, and raw COPY of the rows the pipeline wrote.

use crate::cost::Servers;
use crate::report::{Report, Row};
use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use runtime::kafka::Partition;
use schemas::provinces::DEFAULT_21;
use schemas::topics::TopicSpec;
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection, Row as _};
use std::time::{Duration, Instant};
use tests::{Database, Ground};

pub const PRODUCE: &str = "librdkafka produce, 600 bytes, 6 partitions";
pub const CONSUME: &str = "librdkafka consume, 600 bytes, 6 partitions";
pub const COPY: &str = "COPY of the same rows, one connection";
pub const COPY_RESIDENT: &str = "COPY of the same residents, one connection";

const RECORDS: u64 = 500_000;
const TOPIC: &str = "bench.raw";

/// Produces and consumes records of 600 bytes through bare clients.
pub fn kafka(report: &mut Report) -> Result<()> {
    report.say("raw Kafka");
    let ground = Ground::of(DEFAULT_21);
    let cluster = &ground.site.cluster;
    let spec = TopicSpec {
        name: TOPIC.to_owned(),
        partitions: 6,
        compacted: false,
        retention_ms: 3_600_000,
        max_message_bytes: 1 << 20,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(cluster.create_topics(&[spec], 1, false))?;
    let servers = Servers::find()?;
    let value: Vec<u8> = (0..600u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let before = servers.taken();
    let started = Instant::now();
    let producer = cluster.producer()?;
    for n in 0..RECORDS {
        producer.send(TOPIC, &n.to_be_bytes(), &value, n)?;
        if n % 1000 == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    producer.flush(Duration::from_secs(60))?;
    let took = started.elapsed();
    report.add(Row {
        what: PRODUCE.to_owned(),
        records: RECORDS,
        took,
        cost: spent(&before, &servers),
        limit: None,
    });

    let starts: Vec<(Partition, i64)> = (0..6).map(|number| (Partition::new(TOPIC, number), 0)).collect();
    let started = Instant::now();
    let reader = cluster.reader(&starts)?;
    let mut read = 0;
    while read < RECORDS {
        read += u64::from(
            reader
                .poll(Duration::from_secs(10))?
                .context("the records come back")?
                .value
                .len()
                == 600,
        );
    }
    let took = started.elapsed();
    report.add(Row {
        what: CONSUME.to_owned(),
        records: RECORDS,
        took,
        cost: Vec::new(),
        limit: None,
    });
    runtime.block_on(cluster.delete_topics(&[TOPIC.to_owned()]))?;
    Ok(())
}

/// What the servers took since `before`.
pub fn spent(before: &[(&'static str, Duration)], servers: &Servers) -> Vec<(String, Duration)> {
    let now = servers.taken();
    before
        .iter()
        .zip(now)
        .map(|((who, then), (_, now))| ((*who).to_owned(), now.saturating_sub(*then)))
        .collect()
}

/// Copies the rows that the sink wrote to `tables` into empty ones of the same shape and indexes, over so
/// many connections at once, each its share of the rows.
///
/// # Errors
/// When the database refuses it.
pub fn copy(
    what: &str,
    database: &Database,
    tables: &[&'static str],
    connections: usize,
    records: u64,
    report: &mut Report,
) -> Result<()> {
    report.say("raw COPY");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let servers = Servers::find()?;
    runtime.block_on(async {
        let mut conns = Vec::new();
        for _ in 0..connections {
            conns.push(PgConnection::connect(database.url().expose_secret()).await?);
        }
        let mut took = Duration::ZERO;
        let mut cost: Vec<(String, Duration)> = vec![("postgres".to_owned(), Duration::ZERO)];
        for &table in tables {
            let columns = "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                            WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''";
            let columns: String = sqlx::query(columns).bind(table).fetch_one(&mut conns[0]).await?.get(0);
            let mut shares = Vec::new();
            for share in 0..connections {
                let rows = format!("SELECT {columns} FROM {table} WHERE abs(hashtext(ctid::text)::bigint) % {connections} = {share}");
                shares.push(copy_out(&mut conns[0], &rows).await?);
            }
            let make = format!("CREATE TABLE {table}_copy (LIKE {table} INCLUDING ALL)");
            sqlx::query(&make).execute(&mut conns[0]).await?;
            let before = servers.taken();
            let started = Instant::now();
            let into = format!("COPY {table}_copy ({columns}) FROM STDIN BINARY");
            let copying = conns.iter_mut().zip(shares);
            try_join_all(copying.map(|(conn, rows)| copy_in(conn, &into, rows))).await?;
            took += started.elapsed();
            cost[0].1 += spent(&before, &servers)[1].1;
            // Another measurement may make it again.
            let drop = format!("DROP TABLE {table}_copy");
            sqlx::query(&drop).execute(&mut conns[0]).await?;
        }
        report.add(Row { what: what.to_owned(), records, took, cost, limit: None });
        Ok(())
    })
}

async fn copy_out(conn: &mut PgConnection, rows: &str) -> Result<Vec<Vec<u8>>> {
    let out = format!("COPY ({rows}) TO STDOUT BINARY");
    let chunks = conn.copy_out_raw(&out).await?;
    Ok(chunks.map_ok(|chunk| chunk.to_vec()).try_collect().await?)
}

async fn copy_in(conn: &mut PgConnection, into: &str, rows: Vec<Vec<u8>>) -> Result<()> {
    let mut copying = conn.copy_in_raw(into).await?;
    for chunk in rows {
        copying.send(chunk).await?;
    }
    copying.finish().await?;
    Ok(())
}
