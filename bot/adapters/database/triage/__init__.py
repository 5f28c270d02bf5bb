"""Tables and queries of rulings, exemptions, appeals, snoozes, snapshots and digests."""
