"""Readers of article formats: bytes in, text with its provenance out; no files, no network."""

from index.formats.read import SUFFIXES, extract, extract_all
from index.formats.types import Articles, Extracted

__all__ = ["SUFFIXES", "Articles", "Extracted", "extract", "extract_all"]
