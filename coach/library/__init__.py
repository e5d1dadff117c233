"""What Rapport knows: corpus files become validated entries, then passages, then a vector store that answers queries.

Heavy parts (`embedder`, `store`, `retriever`) are imported from their modules, so that reading the corpus stays light.
"""

from coach.library.corpus import Corpus, corpus_version, load_corpus
from coach.library.passages import Passage, passages_of

__all__ = ["Corpus", "Passage", "corpus_version", "load_corpus", "passages_of"]
