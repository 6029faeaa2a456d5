"""Prompt templates: which accounts fill the same private text with different rows.

`fingerprint_templates` reads texts and returns sightings of template fingerprints. The line of work:

canonical text → tokens (slots masked) → shingles → bits a shingle → what each account's texts repeat (groups)
→ one template per wording (clusters) → every text against every template (matches) → sightings.

Raw text never leaves: fingerprints are keyed hashes of shingle hashes.
"""

from linkage.templates.builder import TemplateTable, fingerprint_templates
from linkage.templates.params import TemplateParams

__all__ = ["TemplateParams", "TemplateTable", "fingerprint_templates"]
