"""German questions made from declarative sentences, by rule."""
