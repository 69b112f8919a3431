"""The benchmark of images: sets, rows of arms, learners and lines."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from benchmarks.images import arms, autoencoder, generators, grids, learners, likeness, network, run, sets, shapes
from benchmarks.images.__main__ import MAIN, parse
from benchmarks.images.arms import NETWORK_ARMS, ROW_ARMS, Arm
from benchmarks.images.learners import LEARNERS, arms_of
from benchmarks.images.material import Material, between
from benchmarks.images.sets import Part

TINY = shapes.Canvas(8, 1, (0.6, 0.8), 0.02)
NAMES = [("disc", "plain"), ("cross", "plain"), ("bar", "stripes")]


@pytest.fixture
def tiny(monkeypatch):
    """Add a set of three classes of 8 x 8 pixels, and make training short."""
    plan = sets.ImageSet((24, 12, 4), sets._drawn(NAMES, TINY), 4, 6, "tiny")
    monkeypatch.setitem(sets.SETS, "tiny", plan)
    monkeypatch.setattr(network, "N_STEPS", 3)
    monkeypatch.setattr(autoencoder, "N_STEPS", 2)
    monkeypatch.setattr(network, "BLOCK", 32)
    monkeypatch.setattr(autoencoder, "BLOCK", 32)
    return plan


@pytest.fixture
def material(tiny, tmp_path):
    """Return the subset, with a "generator" that was trained before and gives images of one tone per class."""
    counts = [generators.needed("tiny", code) for code in range(3)]
    for kind in generators.GANS:
        folder = tmp_path / "tiny-0" / kind
        folder.mkdir(parents=True)
        y = np.repeat(np.arange(3), counts)
        X = np.broadcast_to((100 + y)[:, None, None, None], (len(y), 8, 8, 1)).astype(np.uint8)
        np.savez(folder / "images.npz", X=X, y=y, realness=np.arange(len(y), dtype=np.float32))
        (folder / "cost.json").write_text(json.dumps({"seconds": 7.0, "steps": 5}))
    return Material("tiny", 0, tmp_path)


def _is_later_half(y):
    """Return which places of each class, in order, belong to its second half, the middle one included."""
    places = np.concatenate([np.arange(n) >= (n - 1) / 2 for n in np.bincount(y)])
    return places.astype(bool)


class TestSets:
    def test_a_tail_falls_by_equal_factors(self):
        assert sets.tail(1000, 10, 10) == (1000, 599, 359, 215, 129, 77, 46, 28, 17, 10)
        assert sets.tail(50, 5, 50)[0] == 50
        assert sets.tail(50, 5, 50)[-1] == 5

    @pytest.mark.parametrize("name", ["digits", "many_classes"])
    def test_no_image_is_in_two_parts_and_counts_are_those_of_the_plan(self, name):
        subset, plan = sets.subset(name, 0), sets.SETS[name]
        assert subset.counts.tolist() == list(plan.counts)
        assert np.bincount(subset.test.y).tolist() == [plan.n_test] * len(plan.counts)
        assert np.bincount(subset.further.y).tolist() == [plan.n_further(code) for code in range(len(plan.counts))]
        images = np.concatenate([part.X for part in subset]).reshape(sum(len(part.y) for part in subset), -1)
        assert len(np.unique(images, axis=0)) >= len(images) - 1  # two digits of scikit-learn may be equal

    def test_the_same_number_gives_the_same_images_and_another_gives_others(self):
        first, again, other = (sets.subset("digits", number).train.X for number in (0, 0, 1))
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)

    @pytest.mark.data
    def test_reversed_order_makes_other_classes_rare_and_the_test_part_is_the_official_one(self):
        forward, backward = (sets.subset(f"fashion_{order}", 0) for order in ("forward", "reversed"))
        assert forward.rare == backward.rare == (9, 8, 7)
        assert len(forward.test.y) == len(backward.test.y) == 10_000
        assert np.array_equal(forward.test.y, 9 - backward.test.y)

    def test_unknown_sets_and_a_missing_folder_are_named(self, monkeypatch):
        with pytest.raises(ValueError, match=r"Sets are digits, .*Got 'letters'"):
            sets.subset("letters", 0)
        monkeypatch.delenv("IMBGAN_DATA", raising=False)
        sets._fashion.cache_clear()
        with pytest.raises(ValueError, match="IMBGAN_DATA must name the folder"):
            sets.subset("fashion_forward", 0)

    @pytest.mark.parametrize("shape", shapes.SHAPES)
    def test_shapes_are_as_large_as_their_radius_and_within_it(self, shape):
        u, v = np.meshgrid(np.linspace(-1.5, 1.5, 301), np.linspace(-1.5, 1.5, 301))
        inside = shapes._inside(shape, u, v) > 0
        assert 0.05 < inside.mean() * 9 / np.pi < 0.95
        assert not inside[np.hypot(u, v) > 1.36].any()  # the corners of a square or an arm

    def test_unknown_shapes_and_textures_are_named(self):
        rng = np.random.default_rng(0)
        with pytest.raises(ValueError, match="Got 'heart'"):
            shapes.draw("heart", "plain", 1, TINY, rng)
        with pytest.raises(ValueError, match="Got 'wool'"):
            shapes.draw("disc", "wool", 1, TINY, rng)


class TestArms:
    def test_shares_are_those_of_the_sampler(self):
        wanted = arms.targets(np.array([1000, 28, 10]), "share", 1000)
        assert wanted.further.tolist() == [333, 333, 333]
        assert wanted.copies.tolist() == [0, 972, 990]
        wanted = arms.targets(np.array([1000, 600, 10]), "share", 400)
        assert wanted.further.tolist() == [333, 200, 133]
        assert wanted.copies.tolist() == [0, 0, 390]

    def test_a_network_that_changes_images_itself_gets_no_copies_and_draws_a_quarter_of_generated_ones(self, material):
        counts = material.subset.counts
        for name, frequency in (
            ("gan_share_augmentation", np.ones(3) / 3),
            ("gan_share_augmentation_logit_adjustment", counts / counts.sum()),
        ):
            arm = NETWORK_ARMS[name]
            part = arms.images_of(material, arm, 24)
            assert len(part.y) == counts.sum() + 3 * 8
            chances = learners.draw_with(material, arm, part.y)
            chances /= chances.sum()
            is_real = np.arange(len(part.y)) < counts.sum()
            assert np.bincount(part.y, chances) == pytest.approx(frequency)
            assert np.bincount(part.y, chances * ~is_real) == pytest.approx(frequency / 4)

    def test_generated_images_are_kept_if_the_teacher_agrees_and_the_discriminator_does_not_object(
        self, material, monkeypatch
    ):
        pool = material.pool("gan")
        pool.X[...] = np.arange(len(pool.y))[:, None, None, None]  # an image is known by its tone
        agreed = np.arange(len(pool.y)) % 3 > 0
        logits = np.eye(3)[np.where(agreed, pool.y, (pool.y + 1) % 3)]
        monkeypatch.setattr(Material, "teacher", SimpleNamespace(logits=lambda X: logits))
        for source, wanted in (("gan_agreed", agreed), ("gan_unopposed", agreed & _is_later_half(pool.y))):
            part = material.pool(source)
            assert np.array_equal(part.y, pool.y)
            assert set(part.X[:, 0, 0, 0].tolist()) == set(np.flatnonzero(wanted).tolist())

    def test_an_end_with_real_images_draws_no_other(self, material, monkeypatch):
        found = {}
        monkeypatch.setattr(network, "fit", lambda X, y, n, recipe, **options: found.update(options, n=len(y)))
        learners._network(
            material,
            arm := NETWORK_ARMS["gan_early_share_augmentation_logit_adjustment"],
            arms.images_of(material, arm, 24),
        )
        assert found["end_with"].tolist() == [1.0] * 40 + [0.0] * (found["n"] - 40)
        assert (found["draw_with"] > 0).all()

    def test_filling_raises_classes_and_leaves_the_large_ones(self):
        wanted = arms.targets(np.array([1000, 600, 10]), "fill", 400)
        assert (wanted.further.tolist(), wanted.copies.tolist()) == ([0, 0, 390], [0, 0, 0])

    def test_real_images_come_first_and_generated_ones_are_a_quarter_of_every_class(self, material):
        part = arms.images_of(material, ROW_ARMS["gan_share"], 24)
        train = material.subset.train
        assert np.array_equal(part.X[: len(train.y)], train.X)
        is_generated = ((100 + part.y)[:, None, None, None] == part.X).all(axis=(1, 2, 3))
        assert np.bincount(part.y).tolist() == [32, 32, 32]
        assert np.bincount(part.y[is_generated]).tolist() == [8, 8, 8]

    @pytest.mark.parametrize("source", ["smote", "copies", "latent_smote", "latent_gaussian", "truth"])
    def test_pools_fill_every_class(self, material, source):
        part = arms.images_of(material, Arm("fill", source), 24)
        assert (part.X.dtype, np.bincount(part.y).tolist()) == (np.uint8, [24, 24, 24])

    def test_smote_lies_between_rows_and_needs_only_one(self):
        rng = np.random.default_rng(0)
        rows = rng.normal(size=(4, 3)).astype(np.float32)
        drawn = between(rows, 50, rng)
        assert (drawn <= rows.max(axis=0) + 1e-6).all()
        assert (drawn >= rows.min(axis=0) - 1e-6).all()
        assert len(np.unique(drawn, axis=0)) == 50
        assert np.array_equal(between(rows[:1], 3, rng), np.repeat(rows[:1], 3, axis=0))
        assert between(rows, 0, rng).shape == (0, 3)

    def test_names_of_the_command_line_are_arms(self):
        assert set(MAIN) <= {*NETWORK_ARMS, *ROW_ARMS}
        assert "feature_smote" not in arms_of("lightgbm_components")
        assert parse(["run", "--set", "digits", "--arms", "main"]).arms == ["main"]


class TestNetwork:
    @pytest.mark.slow
    def test_it_learns_what_can_be_seen(self):
        rng = np.random.default_rng(0)
        X = np.concatenate([shapes.draw(*name, 60, TINY, rng) for name in NAMES])
        y = np.repeat([0, 1, 2], 60)
        trained = network.fit(X, y, 3, network.Recipe(n_steps=60), seed=0)
        fresh = np.concatenate([shapes.draw(*name, 20, TINY, rng) for name in NAMES])
        assert np.mean(trained.logits(fresh).argmax(axis=1) == np.repeat([0, 1, 2], 20)) > 0.6
        assert trained.features(fresh).shape == (60, 64)

    @pytest.mark.slow
    def test_logit_adjustment_and_balanced_batches_favor_the_rare_class(self):
        # Images that say nothing: the network can only learn how frequent a class is.
        X, y = np.full((100, 8, 8, 1), 128, np.uint8), np.repeat([0, 1], [90, 10])
        counts = np.bincount(y)
        shares = []
        for options in (
            {},
            {"adjustment": np.log(counts / 100)},
            {"draw_with": (1.0 / counts)[y]},
            {"class_weights": 1.0 / counts},
            {"class_weights": 1.0 / counts, "deferred": True},
        ):
            trained = network.fit(X, y, 2, network.Recipe(n_steps=200), seed=0, **options)
            logits = trained.logits(X[:1])[0]
            shares.append(float(1 / (1 + np.exp(logits[0] - logits[1]))))
        assert shares[0] < 0.2
        assert all(abs(share - 0.5) < 0.12 for share in shares[1:4]), shares
        assert shares[4] > shares[0] + 0.03, shares

    def test_augmentation_moves_images_and_mixup_mixes_labels(self, tiny):
        part = sets.subset("tiny", 0).train
        for recipe in (network.Recipe(augment=True), network.Recipe(mixup=0.2)):
            assert np.isfinite(network.fit(part.X, part.y, 3, recipe, seed=0).logits(part.X)).all()


class TestRuns:
    @pytest.mark.slow
    def test_every_arm_of_every_learner_gives_a_line_and_lines_are_not_run_again(self, material, tmp_path):
        path = tmp_path / "lines.jsonl"
        for _ in range(2):
            run.run("tiny", [0], path, tmp_path)
        lines = [json.loads(text) for text in path.read_text().splitlines()]
        wanted = {(learner, arm) for learner in LEARNERS for arm in arms_of(learner)}
        assert sorted((line["learner"], line["arm"]) for line in lines) == sorted(wanted)
        for line in lines:
            assert line["macro"] == pytest.approx(np.mean(line["recalls"]), abs=1e-4)
            assert line["judged_by"] == "test"
        filled = next(line for line in lines if (line["arm"], line["learner"]) == ("gan_fill", "network"))
        assert (filled["rows"], filled["source_seconds"]) == (72, 7.0)

    def test_choices_are_judged_by_validation_images(self, material):
        subset = material.subset
        # The test part holds nothing that could be judged.
        material.subset = subset._replace(test=Part(subset.test.X[:0], subset.test.y[:0]))
        line = run.measure(material, "none", "network", 24, on_test=False)
        assert line["judged_by"] == "validation"
        assert np.isfinite(line["macro"])

    def test_recalls_are_by_class(self):
        part = Part(np.zeros((4, 8, 8, 1), np.uint8), np.array([0, 0, 1, 1]))
        assert run.recalls(np.array([0, 1, 1, 1]), part, 2) == [0.5, 1.0]

    @pytest.mark.slow
    def test_a_generator_is_trained_in_a_process_of_its_own_and_then_kept(self, tiny, tmp_path, monkeypatch):
        # The process would not know the tiny set: here it is the function that it calls.
        calls = []

        def process(command, **options):
            calls.append(command)
            kind, name, number, target = command[4:]
            generators.train(kind, name, int(number), tmp_path / target)

        monkeypatch.setattr(generators.subprocess, "run", process)
        monkeypatch.setattr(generators, "GANS", {"gan": {"max_iter": 2}})
        for _ in range(2):
            part, cost = generators.generated("gan", "tiny", 0, tmp_path)
        assert len(calls) == 1
        assert np.bincount(part.y).tolist() == [generators.needed("tiny", code) for code in range(3)]
        assert {"seconds", "seconds_per_1000", "peak_mib", "steps"} <= set(cost)
        assert generators.realness("gan", "tiny", 0, tmp_path).shape == part.y.shape


class TestLikeness:
    def test_true_images_have_ratios_of_one_and_copies_give_learned_ones_away(self):
        rng = np.random.default_rng(0)
        learned, unseen, fresh = (rng.normal(size=(n, 6)).astype(np.float32) for n in (30, 200, 200))
        found = likeness.of_class((learned, learned), (unseen, unseen), (fresh, fresh))
        assert found["diversity"] == pytest.approx(1.0, abs=0.1)
        assert found["nearest"] == pytest.approx(1.0, abs=0.1)
        assert found["attack"] == pytest.approx(0.5, abs=0.15)
        copies = np.repeat(learned, 5, axis=0) + 0.01
        found = likeness.of_class((learned, learned), (unseen, unseen), (copies, copies))
        assert found["attack"] == 1.0
        assert found["nearest"] < 0.05
        center = np.repeat(learned[:1], 50, axis=0) + 0.01 * rng.normal(size=(50, 6)).astype(np.float32)
        assert likeness.of_class((learned, learned), (unseen, unseen), (center, center))["diversity"] < 0.05

    def test_lines_hold_costs_and_pictures_show_every_class(self, material, tmp_path):
        path = tmp_path / "likeness.jsonl"
        for _ in range(2):
            likeness.run("tiny", [0], path, tmp_path, ["gan", "copies"])
        lines = [json.loads(text) for text in path.read_text().splitlines()]
        assert [(line["source"], len(line["classes"])) for line in lines] == [("gan", 3), ("copies", 2)]
        assert lines[0]["cost"]["seconds"] == 7.0
        with pytest.raises(ValueError, match="Got 'magic'"):
            likeness.run("tiny", [0], path, tmp_path, ["magic"])
        picture = grids.grid(material, ["gan", "copies"])
        assert picture.shape == (3 * 8, 3 * grids.N_EACH * 8 + 2 * grids.GAP, 1)
        grids.save(picture, tmp_path / "figures" / "tiny.png")
        with Image.open(tmp_path / "figures" / "tiny.png") as image:
            assert image.size == (picture.shape[1] * 2, picture.shape[0] * 2)
