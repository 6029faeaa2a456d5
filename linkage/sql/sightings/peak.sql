-- The most accounts that held a value within its kind's window. Two grids, half a cell apart, of cells twice as wide as
-- the window: whatever lies within one window lies in one cell of a grid.
CREATE OR REPLACE TABLE peak AS
WITH placed AS (
    SELECT
        hour.identifier,
        account,
        grid,
        (bucket + grid * hours) // (2 * hours) AS cell
    FROM hour
    JOIN identifier USING (identifier)
    JOIN kind_number ON kind_number.kind = identifier.kind
    CROSS JOIN (VALUES (0), (1)) AS grids (grid)
),
cell AS (
    SELECT identifier, grid, cell, count(DISTINCT account) AS accounts
    FROM placed
    GROUP BY ALL
)
SELECT identifier, max(accounts) AS accounts
FROM cell
GROUP BY identifier
