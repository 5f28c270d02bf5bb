CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    team TEXT NOT NULL,
    email TEXT NOT NULL,
    laptop TEXT,
    badge_level INTEGER NOT NULL DEFAULT 1,
    starts_on TEXT
);
