extension Schema {
  /// What a run is planned again from, and when it was gone on with.
  static let resuming = """
    ALTER TABLE run ADD COLUMN options TEXT;

    CREATE TABLE run_resumed (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      resumed TEXT NOT NULL,
      kept INTEGER NOT NULL,
      PRIMARY KEY (run_id, position)
    ) STRICT, WITHOUT ROWID;

    """
}
