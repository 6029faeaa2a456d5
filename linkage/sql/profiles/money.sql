-- How each account pays, and how that went.
CREATE OR REPLACE TEMP TABLE profile_money AS
WITH method AS (
    SELECT
        account_id,
        count(DISTINCT fingerprint) AS cards,
        (count(*) FILTER (funding IN ('prepaid', 'virtual')))::DOUBLE / nullif(count(funding), 0) AS prepaid_share
    FROM clean_payment_methods
    GROUP BY account_id
),
payment AS (
    SELECT
        account_id,
        count(*) AS payments,
        count(*) FILTER (outcome = 'declined') AS declined,
        count(*) FILTER (outcome = 'chargeback') AS chargebacks,
        sum(amount) FILTER (outcome IS NULL OR outcome = 'paid') AS paid
    FROM clean_payments
    GROUP BY account_id
)
SELECT *
FROM method
FULL JOIN payment USING (account_id)
