-- The whole pipeline at once: whatever a coin's rows in gold are called, no two may lie within a minute of each other.
{{ test_no_duplicate_ids(ref('crypto_curated'), 'coin_id', 'updated_at', 1) }}
