"""Why bags with generated rows do not judge rows out of bag: they know them, since the generator has seen all rows.

``python -m benchmarks.out_of_bag`` prints the average precision of LightGBM in bags of either kind, for rows out of bag
and for test rows, on stroke with 50 rare rows. ``IMBGAN_DATA`` names the folder of the data sets.
"""

from sklearn.metrics import average_precision_score

from benchmarks.quality.scoring import share_weights
from benchmarks.quality.tables import Case, split
from imbgan import GANBaggingClassifier
from imbgan.learners import make_estimator


def main() -> None:
    """Print one line per kind of bag."""
    part = split(Case("stroke", "binary", 50), 0)
    weights = share_weights(part.y_train, part.y_test)
    for title, generated in (("bags of real rows", 0.0), ("bags with generated rows", 1.0)):
        model = GANBaggingClassifier(
            make_estimator("lightgbm"), n_estimators=8, generated=generated, oob_score=True, random_state=0
        ).fit(part.X_train, part.y_train)
        new = average_precision_score(part.y_test, model.predict_proba(part.X_test)[:, 1], sample_weight=weights)
        print(f"{title}: average precision out of bag {model.oob_score_:.3f}, of test rows {new:.3f}")


if __name__ == "__main__":
    main()
