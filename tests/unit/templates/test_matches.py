"""Texts find their templates however many others share their wording, at a bounded price."""

import numpy as np

from linkage.templates.clusters import SAMPLED, Catalogue
from linkage.templates.matches import Matcher
from linkage.templates.params import TemplateParams
from linkage.templates.shingles import Shingles

RNG = np.random.default_rng(7)


def hashes(count: int) -> np.ndarray:
    return RNG.integers(1, 2**63, count, dtype=np.uint64)


def catalogue_of(cores: list[np.ndarray]) -> Catalogue:
    keys = np.zeros((len(cores), 32), dtype=np.uint64)
    weights = np.zeros((len(cores), 32), dtype=np.int32)
    for row, core in enumerate(cores):
        keys[row, : len(core)] = core
        weights[row, : len(core)] = 100
    return Catalogue(keys=keys, weights=weights, totals=weights.sum(axis=1).astype(np.int64))


def text_of(values: np.ndarray) -> Shingles:
    none = np.zeros(1, dtype=np.uint64)
    return Shingles(values, np.array([0, len(values)]), none, none, none)


def matched(cores: list[np.ndarray], values: np.ndarray) -> list[int]:
    offsets, templates = Matcher(catalogue_of(cores), TemplateParams()).match(text_of(values))
    assert offsets[-1] == len(templates)
    return templates.tolist()


def test_a_text_uses_a_template_of_which_it_holds_seven_tenths():
    core = hashes(20)
    assert matched([core], np.concatenate([core[:14], hashes(50)])) == [0]
    assert matched([core], np.concatenate([core[:13], hashes(50)])) == []


def test_the_fullest_template_comes_first():
    core, other = hashes(20), hashes(10)
    assert matched([other, core], np.concatenate([core, other[:8]])) == [1, 0]


def test_thousands_of_templates_with_a_common_opening_do_not_hide_the_one_that_the_text_holds():
    opening = hashes(SAMPLED // 2)
    own = np.concatenate([opening, hashes(20)])
    cores = [np.concatenate([opening, hashes(20)]) for _ in range(3000)]
    cores.insert(1500, own)
    assert matched(cores, np.concatenate([own, hashes(100)])) == [1500]


def test_a_text_that_holds_more_templates_than_are_weighed_still_gets_as_many_as_are_noted():
    values = hashes(400)
    cores = [RNG.choice(values, 32, replace=False) for _ in range(2000)]
    found = matched(cores, values)
    assert len(found) == len(set(found)) == 32


def test_nothing_matches_an_empty_catalogue_or_an_empty_text():
    assert matched([], hashes(10)) == []
    assert matched([hashes(10)], hashes(0)) == []
