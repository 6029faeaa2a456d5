-- Masks every run of 13 digits or more. A plain number that is no card (an id, a time) stays readable.
CREATE OR REPLACE MACRO mask_cards(x) AS
CASE
    WHEN NOT regexp_matches(x, '[0-9](?:[ ._/-]{0,3}[0-9]){12,}') THEN x
    WHEN regexp_full_match(x, '[0-9]{13,19}') AND NOT passes_for_card(x) THEN x
    ELSE regexp_replace(x, '[0-9](?:[ ._/-]{0,3}[0-9]){12,}', '«card number»', 'g')
END
