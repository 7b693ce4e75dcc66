//! Exactly one owner, active once accepted, after any sequence of operations.

use std::time::Duration;

use latchkey_domain::account::{Account, AccountSettings, AccountStatus};
use latchkey_domain::authority::{Authority, Target};
use latchkey_domain::catalogue::Catalogue;
use latchkey_domain::id::{AccountId, MemberId, TransferId};
use latchkey_domain::member::{
    Hold, Member, MemberKind, MemberRefusal, MemberStatus, Profile, Standing, Transition,
};
use latchkey_domain::ownership::{Authenticated, Transfer, TransferState};
use latchkey_domain::role::{BuiltInRole, Role};
use latchkey_domain::time::Timestamp;
use proptest::prelude::*;

const MEMBERS: usize = 4;

#[derive(Debug, Clone)]
enum Step {
    Hr(usize, bool),
    Hold(usize),
    Release(usize),
    Remove(usize),
    Accept(usize),
    Role(usize, BuiltInRole),
    Start(usize, usize),
    Recover(usize),
    Complete(usize),
    Cancel(usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..MEMBERS;
    prop_oneof![
        (who(), any::<bool>()).prop_map(|(it, said)| Step::Hr(it, said)),
        who().prop_map(Step::Hold),
        who().prop_map(Step::Release),
        who().prop_map(Step::Remove),
        who().prop_map(Step::Accept),
        (who(), proptest::sample::select(BuiltInRole::ALL.to_vec()))
            .prop_map(|(it, role)| Step::Role(it, role)),
        (who(), who()).prop_map(|(from, to)| Step::Start(from, to)),
        who().prop_map(Step::Recover),
        who().prop_map(Step::Complete),
        who().prop_map(Step::Cancel),
        (0_u64..200).prop_map(Step::Wait),
    ]
}

struct World {
    account: Account,
    members: Vec<Member>,
    transfers: Vec<Transfer>,
    now: Timestamp,
    swaps: usize,
}

fn member(index: usize) -> Member {
    Member {
        account: AccountId::new("acme"),
        id: MemberId::new(format!("m{index}")),
        kind: MemberKind::Person,
        user: None,
        client: None,
        role: BuiltInRole::Manager.key(),
        standing: Standing::invited(),
        mobile_access: false,
        email_reminders: false,
        profile: Profile {
            user_name: format!("m{index}"),
            email: None,
            given_name: String::new(),
            family_name: String::new(),
            display_name: None,
            document: "{}".to_owned(),
        },
        version: 1,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    }
}

fn world() -> World {
    World {
        account: Account {
            id: AccountId::new("acme"),
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
            status: AccountStatus::Active,
            owner: MemberId::new("m0"),
            settings: AccountSettings::default(),
            version: 1,
        },
        members: (0..MEMBERS).map(member).collect(),
        transfers: Vec::new(),
        now: Timestamp(0),
        swaps: 0,
    }
}

impl World {
    fn play(&mut self, step: &Step) {
        let now = self.now;
        match *step {
            Step::Wait(hours) => self.now = now.plus(Duration::from_secs(hours * 3_600)),
            Step::Hr(who, said) => self.stand(who, |it, account| it.hr_says(account, said)),
            Step::Hold(who) => self.stand(who, |it, account| {
                let hold = Hold {
                    reason: "why".to_owned(),
                    by: "Ana".to_owned(),
                    at: now,
                };
                it.hold(account, hold)
            }),
            Step::Release(who) => self.stand(who, |it, _| it.release()),
            Step::Remove(who) => self.stand(who, |it, account| it.remove(account, now)),
            Step::Accept(who) => self.stand(who, |it, _| it.accept(now)),
            Step::Role(who, role) => self.change_role(who, role),
            Step::Start(from, to) => self.start(from, to),
            Step::Recover(to) => self.recover(to),
            Step::Complete(who) => self.complete(who),
            Step::Cancel(who) => self.cancel(who),
        }
    }

    fn stand(&mut self, who: usize, change: impl Fn(&Member, &Account) -> Result<Transition, MemberRefusal>) {
        let account = &self.account;
        if let Some(member) = self.members.get_mut(who)
            && let Ok(changed) = change(member, account)
        {
            member.standing = changed.standing;
        }
    }

    /// The operator, who may most, sets a role.
    fn change_role(&mut self, who: usize, role: BuiltInRole) {
        let account = &self.account;
        let Some(member) = self.members.get_mut(who) else {
            return;
        };
        let (present, wanted) = (Role::built_in(BuiltInRole::Manager), Role::built_in(role));
        let target = Target {
            account,
            member,
            role: &present,
        };
        let allowed = Authority::of_operator(&[] as &[Catalogue]).may_change_role(&target, &wanted, []);
        if allowed.is_ok() {
            member.role = wanted.key;
        }
    }

    fn pending(&self) -> Option<&Transfer> {
        let pending = |it: &&Transfer| it.state == TransferState::Pending;
        self.transfers.iter().rfind(pending)
    }

    fn id(&self) -> TransferId {
        TransferId::new(format!("t{}", self.transfers.len()))
    }

    fn fresh(&self) -> Authenticated {
        Authenticated {
            auth_time: self.now,
            now: self.now,
        }
    }

    fn start(&mut self, from: usize, to: usize) {
        let (Some(from), Some(to)) = (self.members.get(from), self.members.get(to)) else {
            return;
        };
        let pending = self.pending();
        let started = Transfer::start(&self.account, (from, to), pending, self.fresh(), self.id());
        self.add(started.ok());
    }

    fn recover(&mut self, to: usize) {
        let Some(to) = self.members.get(to) else {
            return;
        };
        let why = ("lost", self.now);
        let started = Transfer::recover(&self.account, to, self.pending(), why, self.id());
        self.add(started.ok());
    }

    /// The database lets one transfer be pending; an expired one is written so first.
    fn add(&mut self, started: Option<Transfer>) {
        if let Some(started) = started {
            for old in &mut self.transfers {
                old.state = old.state_at(self.now);
            }
            self.transfers.push(started);
        }
    }

    /// Every transfer there ever was is tried, ended ones too.
    fn complete(&mut self, who: usize) {
        for index in 0..self.transfers.len() {
            let (Some(transfer), Some(by)) = (self.transfers.get(index), self.members.get(who)) else {
                return;
            };
            let Ok(swap) = transfer.accept(&self.account, by, self.fresh()) else {
                continue;
            };
            self.account.owner = swap.owner.clone();
            for member in &mut self.members {
                if member.id == swap.owner || member.id == swap.former {
                    member.role = swap.role.clone();
                }
            }
            if let Some(transfer) = self.transfers.get_mut(index) {
                transfer.state = TransferState::Accepted;
            }
            self.swaps += 1;
        }
    }

    fn cancel(&mut self, who: usize) {
        let (now, who) = (self.now, self.members.get(who).map(|it| it.id.clone()));
        for transfer in &mut self.transfers {
            if transfer.cancel(who.as_ref(), now).is_ok() {
                transfer.state = TransferState::Cancelled;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_is_one_owner_in_good_standing_after_any_sequence(
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        let mut world = world();
        for step in &steps {
            world.play(step);
            let owners: Vec<&Member> = world
                .members
                .iter()
                .filter(|it| it.is_owner(&world.account))
                .collect();
            prop_assert_eq!(owners.len(), 1, "after {:?}", step);
            for owner in owners {
                let standing = owner.status();
                prop_assert!(
                    matches!(standing, MemberStatus::Active | MemberStatus::Invited),
                    "{:?} after {:?}", standing, step
                );
                prop_assert!(world.swaps == 0 || standing == MemberStatus::Active);
            }
            let stored = world.members.iter().any(|it| it.role.as_str() == "owner");
            prop_assert!(!stored, "ownership is stored in one place only");
        }
    }
}

#[test]
fn ownership_does_move_in_such_sequences() {
    let mut world = world();
    let steps = [
        Step::Accept(0),
        Step::Accept(1),
        Step::Start(0, 1),
        Step::Complete(1),
        Step::Hold(0),
        Step::Hold(1),
    ];
    for step in &steps {
        world.play(step);
    }
    assert_eq!(world.account.owner.as_str(), "m1");
    assert_eq!(world.swaps, 1);
    let statuses: Vec<_> = world.members.iter().take(2).map(Member::status).collect();
    assert_eq!(statuses, [MemberStatus::Suspended, MemberStatus::Active]);
}
