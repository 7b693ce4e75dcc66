//! The statements that make the data.

/// The numbers from `$1` to `$2`, each also as seven digits.
macro_rules! numbered {
    ($($rest:literal)+) => {
        concat!(
            "WITH RECURSIVE number (n) AS (
                 SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM number WHERE n < $2
             ), name (n, digits) AS (
                 SELECT n, SUBSTR('0000000' || CAST(n AS TEXT), LENGTH(CAST(n AS TEXT)) + 1) FROM number
             ) ",
            $($rest),+
        )
    };
}

/// The columns of a member that are filled.
macro_rules! insert_member {
    ($($values:literal)+) => {
        numbered!(
            "INSERT INTO member (account_id, id, kind, user_id, role, accepted_at, hr_active, mobile_access,
                 email_reminders, user_name, user_name_folded, email, email_folded, given_name, family_name,
                 sort_name_folded, profile, version, created_at, updated_at) "
            $($values)+
        )
    };
}

/// Members of account `$3` who were never invited.
pub const DIRECTORY: &str = insert_member!(
    "SELECT $3, '01970000-0000-7000-8000-00000' || digits, 'person', CAST(NULL AS TEXT), 'standard',
         CAST(NULL AS BIGINT), TRUE, FALSE, FALSE, 'm' || digits || '@bench.example',
         'm' || digits || '@bench.example', 'm' || digits || '@bench.example', 'm' || digits || '@bench.example',
         'Mara', digits, 'mara ' || digits, '{}', 1, 1790000000000, 1790000000000 FROM name"
);

/// People with the password hash `$3`, an address each.
pub const PEOPLE: [&str; 2] = [
    numbered!(
        "INSERT INTO users (id, given_name, family_name, version, created_at)
         SELECT '01970001-0000-7000-8000-00000' || digits, 'Pia', digits, 1, 1790000000000 FROM name"
    ),
    numbered!(
        "INSERT INTO user_email (id, user_id, address, address_folded, is_primary, verified_at, method, created_at)
         SELECT '01970002-0000-7000-8000-00000' || digits, '01970001-0000-7000-8000-00000' || digits,
             'p' || digits || '@bench.example', 'p' || digits || '@bench.example', TRUE, 1790000000000,
             'operator', 1790000000000 FROM name"
    ),
];
pub const PASSWORDS: &str = numbered!(
    "INSERT INTO user_password (user_id, password_hash, changed_at)
     SELECT '01970001-0000-7000-8000-00000' || digits, $3, 1790000000000 FROM name"
);
/// Their places in account `$3`.
pub const PLACES: &str = insert_member!(
    "SELECT $3, '01970003-0000-7000-8000-00000' || digits, 'person', '01970001-0000-7000-8000-00000' || digits,
         'standard', 1790000000000, TRUE, FALSE, FALSE, 'p' || digits || '@bench.example',
         'p' || digits || '@bench.example', 'p' || digits || '@bench.example', 'p' || digits || '@bench.example',
         'Pia', digits, 'pia ' || digits, '{}', 1, 1790000000000, 1790000000000 FROM name"
);

/// Accounts that are like account `$3`.
pub const TENANTS: &str = numbered!(
    "INSERT INTO account (id, slug, name, status, mobile_access, mobile_requirements, require_permission_set,
         default_role, invitation_days, provisioning, version, created_at)
     SELECT '01970004-0000-7000-8000-00000' || digits, 'tenant-' || digits, 'Tenant ' || digits, status,
         mobile_access, mobile_requirements, require_permission_set, default_role, invitation_days, provisioning, 1,
         1790000000000 FROM name CROSS JOIN account WHERE account.id = $3"
);
/// The places of people from number 1,000,001 on, fifty to an account.
pub const TENANT_PLACES: &str = insert_member!(
    "SELECT '01970004-0000-7000-8000-00000' || SUBSTR('0000000' || CAST((n - 999951) / 50 AS TEXT),
             LENGTH(CAST((n - 999951) / 50 AS TEXT)) + 1),
         '01970003-0000-7000-8000-00000' || digits, 'person', '01970001-0000-7000-8000-00000' || digits,
         'standard', 1790000000000, TRUE, FALSE, FALSE, 'p' || digits || '@bench.example',
         'p' || digits || '@bench.example', 'p' || digits || '@bench.example', 'p' || digits || '@bench.example',
         'Pia', digits, 'pia ' || digits, '{}', 1, 1790000000000, 1790000000000 FROM name"
);
/// The owner of each: the first of the fifty.
pub const TENANT_OWNERS: &str = numbered!(
    "INSERT INTO ownership (account_id, member_id, since_at)
     SELECT '01970004-0000-7000-8000-00000' || digits, '01970003-0000-7000-8000-00000'
             || SUBSTR(CAST(n * 50 + 999951 AS TEXT), 1), 1790000000000 FROM name"
);
