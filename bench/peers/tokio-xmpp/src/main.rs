//! The same work as this project's driver, by tokio-xmpp: typed stanzas, its own tasks and channels.
//!
//! It trusts what `SSL_CERT_FILE` names.

mod pipe;

use std::{
    collections::HashMap,
    error::Error,
    time::{Duration, Instant},
};

use futures::future::try_join_all;
use jabber_bench::{
    options::Options,
    report::{Region, Report, memory},
};
use tokio_xmpp::{
    Stanza,
    jid::Jid,
    minidom::Element,
    parsers::{
        iq::Iq,
        message::{Lang, Message, MessageType},
    },
};

use crate::pipe::{Maker, Pipe};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args();
    let maker = Maker::new(&options);
    let n = options.number("n", 1000)?;
    let conns: usize = options.number("conns", 1)?;
    let report = match options.text("mode", "recv") {
        "recv" if options.number("filters", 0)? == 0 => {
            receive(&maker, n, conns, options.text("kind", "small")).await?
        }
        "send" => send(&maker, n).await?,
        "rr" => ask(&maker, n, options.number("window", 1)?).await?,
        "connect" => connect(&maker, n, conns).await?,
        "idle" => idle(&maker, conns).await?,
        mode => return Err(format!("it has no --mode {mode}, or no filters").into()),
    };
    println!("{}", report.finish()?);
    Ok(())
}

async fn receive(
    maker: &Maker,
    n: usize,
    conns: usize,
    kind: &str,
) -> Result<Report, Box<dyn Error>> {
    let mut pipes = Vec::new();
    for _ in 0..conns {
        pipes.push(maker.ready().await?);
    }
    let each = n / conns;
    let order = || order(maker, &format!("cmd:source:{kind}:{each};"));
    let region = Region::begin()?;
    let mut check = 0;
    if let [pipe] = &mut pipes[..] {
        pipe.send(order()?).await?;
        check = take(pipe, each).await?;
    } else {
        let mut tasks = tokio::task::JoinSet::new();
        for mut pipe in pipes {
            let order = order()?;
            tasks.spawn(async move {
                pipe.send(order).await.map_err(|error| error.to_string())?;
                take(&mut pipe, each).await.map_err(|error| error.to_string())
            });
        }
        while let Some(done) = tasks.join_next().await {
            check += done??;
        }
    }
    let cost = region.end()?;
    Ok(Report::new("tokio-xmpp", "recv", each * conns, cost).with("check", check))
}

async fn take(pipe: &mut Pipe, count: usize) -> Result<usize, Box<dyn Error>> {
    let (mut check, mut taken) = (0, 0);
    while taken < count {
        if let Stanza::Message(message) = pipe.next().await? {
            let from = message.from.as_ref().map_or(0, |from| from.as_str().len());
            check += from + message.bodies.get("").map_or(0, String::len);
            taken += 1;
        }
    }
    Ok(check)
}

async fn send(maker: &Maker, n: usize) -> Result<Report, Box<dyn Error>> {
    let mut pipe = maker.ready().await?;
    pipe.send(order(maker, &format!("cmd:sink:{n};"))?).await?;
    let to: Jid = "peer@localhost".parse()?;
    let region = Region::begin()?;
    for number in 0..n {
        let text = format!(
            "Line {number:06}: the quick brown fox & its friends jump over the lazy dogs that sleep \
             in the warm sunlit"
        );
        let mut message = Message::new(Some(to.clone()));
        message.type_ = MessageType::Chat;
        message.from = maker.from();
        message.id = Some(tokio_xmpp::parsers::message::Id(format!("m{number:06}")));
        message.bodies.insert(Lang::default(), text);
        pipe.send(message.into()).await?;
    }
    loop {
        if let Stanza::Message(message) = pipe.next().await?
            && message.bodies.get("").is_some_and(|body| body == "done")
        {
            break;
        }
    }
    let cost = region.end()?;
    Ok(Report::new("tokio-xmpp", "send", n, cost))
}

async fn ask(maker: &Maker, n: usize, window: usize) -> Result<Report, Box<dyn Error>> {
    let mut pipe = maker.ready().await?;
    let mut asked = 0;
    for _ in 0..100 {
        pipe.send(ping(maker, asked)?).await?;
        asked += 1;
        pipe.next().await?;
    }
    let mut outstanding = HashMap::new();
    let mut times = Vec::new();
    let mut answered = 0;
    let last = asked + n;
    let region = Region::begin()?;
    while answered < n {
        while asked < last && outstanding.len() < window {
            pipe.send(ping(maker, asked)?).await?;
            outstanding.insert(format!("p{asked}"), Instant::now());
            asked += 1;
        }
        if let Stanza::Iq(iq) = pipe.next().await? {
            times.extend(outstanding.remove(iq.id()).map(|begun| begun.elapsed()));
            answered += 1;
        }
    }
    let cost = region.end()?;
    let report = Report::new("tokio-xmpp", "rr", n, cost);
    Ok(if window == 1 { report.with_percentiles(times) } else { report })
}

async fn connect(maker: &Maker, n: usize, conns: usize) -> Result<Report, Box<dyn Error>> {
    let region = Region::begin()?;
    if conns > 1 {
        let all = try_join_all((0..conns).map(|_| async {
            let begun = Instant::now();
            Ok::<_, Box<dyn Error>>((maker.ready().await?, begun.elapsed()))
        }));
        let all = all.await?;
        let cost = region.end()?;
        let times = all.iter().map(|(_, time)| *time).collect();
        return Ok(Report::new("tokio-xmpp", "connect", conns, cost).with_percentiles(times));
    }
    let mut times = Vec::new();
    for _ in 0..n {
        let begun = Instant::now();
        let pipe = maker.ready().await?;
        times.push(begun.elapsed());
        pipe.close().await?;
    }
    let cost = region.end()?;
    Ok(Report::new("tokio-xmpp", "connect", n, cost).with_percentiles(times))
}

async fn idle(maker: &Maker, conns: usize) -> Result<Report, Box<dyn Error>> {
    let before = memory("VmRSS")?;
    let region = Region::begin()?;
    let mut pipes = Vec::new();
    for _ in 0..conns {
        pipes.push(maker.ready().await?);
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    let cost = region.end()?;
    let after = memory("VmRSS")?;
    let each = after.saturating_sub(before) as f64 / conns as f64;
    Ok(Report::new("tokio-xmpp", "idle", conns, cost)
        .with("base_rss_kb", before)
        .with("rss_kb", after)
        .with("per_conn_kb", format!("{each:.2}")))
}

fn order(maker: &Maker, order: &str) -> Result<Stanza, Box<dyn Error>> {
    let mut message = Message::new(Some("localhost".parse::<Jid>()?));
    message.from = maker.from();
    message.bodies.insert(Lang::default(), order.to_owned());
    Ok(message.into())
}

fn ping(maker: &Maker, number: usize) -> Result<Stanza, Box<dyn Error>> {
    Ok(Iq::Get {
        from: maker.from(),
        to: Some("localhost".parse()?),
        id: format!("p{number}"),
        payload: Element::builder("ping", "urn:xmpp:ping").build(),
    }
    .into())
}
