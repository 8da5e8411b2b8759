"""From a folder of articles to an index on disk: articles, passages, vectors, store, sync."""
