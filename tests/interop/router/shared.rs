//! A name that several connections share.

use std::collections::BTreeMap;

use super::{alice, named, ready, start};
use crate::support::{body, chat};

#[tokio::test]
async fn each_user_goes_to_one_of_them() {
    let Some(place) = start() else { return };
    let (mut one, _) = ready(&place, named("pool.test").with_multi()).await;
    let (mut two, _) = ready(&place, named("pool.test").with_multi()).await;
    let (mut alice, _) = alice(&place).await;
    let users: Vec<String> = (0..12).map(|user| format!("user{user}@pool.test")).collect();
    for round in ["first", "second"] {
        for user in &users {
            alice.send(chat(user, round)).await;
        }
    }
    // Who has got what, until all is there.
    let mut got: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    for _ in 0..users.len() * 2 {
        let (which, message) = tokio::select! {
            message = one.message() => (1, message),
            message = two.message() => (2, message),
        };
        let to = message.attribute("to").unwrap().into_owned();
        got.entry(to).or_default().push((which, body(&message)));
    }
    assert_eq!(got.len(), users.len());
    for (user, messages) in &got {
        let [(before, first), (after, second)] = &messages[..] else { panic!("{messages:?}") };
        assert_eq!((first.as_str(), second.as_str()), ("first", "second"), "{user}");
        assert_eq!(before, after, "{user} goes to both");
    }
    let to_one = got.values().filter(|messages| messages[0].0 == 1).count();
    assert!((1..users.len()).contains(&to_one), "it is not shared: {got:?}");
    // With one gone, the other has all.
    one.close().await;
    for user in &users {
        alice.send(chat(user, "third")).await;
    }
    for _ in &users {
        assert_eq!(body(&two.message().await), "third");
    }
    tokio::join!(two.close(), alice.close());
}
