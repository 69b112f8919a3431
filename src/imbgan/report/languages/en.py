"""The words of the page in English."""

from collections.abc import Mapping

from imbgan.comparison import STRATEGIES, TEXT_STRATEGIES
from imbgan.comparison.metrics import METRICS
from imbgan.comparison.wording import NOTES
from imbgan.report.languages import audits, rules, texts

_PAGE = {
    "lang": "en",
    "kind.comparison": "Comparison of strategies",
    "kind.assessment": "Assessment of generated rows",
    "kind.sampler": "Rows of a sampler",
    "contents": "Contents",
    "section.verdict": "Verdict",
    "section.classes": "Classes",
    "section.scores": "Scores",
    "section.curves": "Curves",
    "section.pictures": "Pictures",
    "section.quality": "Generated rows",
    "section.marginals": "Columns",
    "section.dependence": "Dependence",
    "section.map": "Map",
    "section.training": "Training",
    "section.memorization": "Memorization",
    "section.settings": "Settings",
    "all rows": "All rows",
    "class": "Class {label}",
    "range": " to ",
    "to": "{low} to {high}",
    "comma": ", ",
    "semicolon": "; ",
    "stop": ".",
    "space": " ",
    "and more": "and {n} more",
    "nothing": "Nothing to show.",
    "real": "real",
    "generated": "generated",
    "other classes": "other classes",
}
_DECISION = {
    "decide.use": "Use {estimator} together with {strategy}.",
    "decide.leave": "Leave the table as it is, and train {estimator} on it.",
    "decide.keep": "Keep {control}, with {estimator}.",
    "decide.nothing": "No advice is possible: {control} has no score.",
    "why.gain": "The {metric} is {score} instead of {control_score} with {control} ({change}).",
    "why.chance": "The probability that this gain matters in practice is {p}.",
    "why.alone": "No other strategy was compared ({metric} {score}).",
    "why.single": "A single test fold cannot distinguish strategies; the best one is {best} ({difference}).",
    "why.few": "Two test folds are too few to recommend a strategy; the best one is {best} ({difference}).",
    "why.equal": "No strategy changes the {metric} by more than {margin}.",
    "why.worse": "Every other strategy is worse; the closest one is {best} ({difference}).",
    "why.small": "The gain of {best} is too small to matter ({difference}).",
    "why.behind": "No other strategy has a better mean; the closest one is {best} ({difference}).",
    "why.noise": "The best other strategy is {best}, but its advantage may be luck ({difference}).",
    "change": "{gain}",
    "change.interval": "{gain}, 95 % interval {low} to {high}",
    "difference": "{gain} {metric}",
    "difference.interval": "{gain} {metric}, 95 % interval {low} to {high}",
    "cases.heading": "What it means in cases",
    "cases.shares": "Of 100 rows of class {label}, when as many rows are flagged as the class has",
    "cases.alerts": "Of 100 rows of class {label}, when {alerts} of {rows} rows are looked at",
    "cases.found": "{start}: {found} found with {strategy} instead of {before} with {control}; {certainty}.",
    "cases.same": "{start}: {found} found, with {strategy} as with {control}.",
    "cases.alone": "{start}: {found} found with {strategy}.",
    "cases.with": "With {estimator}: {text}",
    "cases.cost": (
        "Wrong decisions cost {cost} per 1,000 rows with {strategy} instead of {before} with {control}; {certainty}."
    ),
    "certainty.luck": "the difference may be luck",
    "certainty.sure": "the difference is larger than luck explains",
    "notes.heading": "What else to know",
    "fact.target": "target",
    "fact.rows": "rows",
    "fact.columns": "columns",
    "fact.class": "rows of class {label}",
    "fact.classes": "classes",
    "fact.duplicates": "duplicated rows",
    "fact.share": "{n} ({share})",
    "leave": "leave the table as it is",
    "choices.heading": "Advice for each classifier",
    "with": "{score} with {strategy}",
    "head.classifier": "Classifier",
    "head.advice": "Advice",
    "head.gain": "Largest gain",
    "head.strategy": "Strategy",
    "head.difference": "Gain",
    "head.p": "p",
    "head.chance": "Matters",
    "head.fit": "One fit",
    "head.classifier.meaning": "the kind of model that is trained.",
    "head.advice.meaning": "how to handle the imbalance when you train this classifier.",
    "head.gain.meaning": (
        "the strategy with the best mean score, its difference to {control} on the same test folds (positive is "
        "better), and the interval that holds the true difference in 95 % of comparisons."
    ),
    "head.strategy.meaning": "how the imbalance is handled in training.",
    "head.difference.meaning": (
        "the difference to {control} on the same test folds (positive is better), and its 95 % interval, which "
        "accounts for overlapping training folds."
    ),
    "head.p.meaning": (
        "the probability of so large a difference by chance alone, adjusted for the number of strategies (Holm)."
    ),
    "head.chance.meaning": "the probability that the gain is large enough to matter in practice.",
    "head.fit.meaning": "the mean time of one training, as if it ran alone.",
}
_SCORES = {
    "classes.learned": (
        "The number of rows of each class that the classifier learns from under each strategy; for bags, their mean. "
        "The longer the line, the more imbalanced the rows."
    ),
    "classes.generated": "The number of real rows of each class, followed by the number of generated ones.",
    "classes.other": "the other class",
    "classes.others": "the other classes",
    "classes.table": "Rows of each class",
    "classes.further": "and {n} further classes",
    "head.class": "Class",
    "head.rows": "Rows in the table",
    "head.share": "Share",
    "head.real": "Real",
    "head.generated": "Generated",
    "figure.ranges": "Rows of each class learned from, by strategy",
    "figure.ranges.axis": "rows learned from (logarithmic)",
    "figure.stacks": "Real and generated rows of each class",
    "figure.stacks.axis": "rows",
    "figure.stacks.bar": "{label}: {real} real, {new} generated",
    "scores.intro": (
        "Scores are means over the test folds, which keep the natural class shares and contain no generated rows; "
        "± is the standard deviation over folds. A tinted difference is significant; among many cells, a few are "
        "significant by chance."
    ),
    "scores.table": "Scores with {estimator}",
    "scores.all": "All metrics with {estimator}",
    "scores.classes": "Each class with {estimator}",
    "scores.class": "{metric}, each class with {estimator}",
    "scores.control": "control",
    "scores.chosen": "advised",
    "scores.folds": "{n} folds",
    "scores.caption": "Gain in {metric} over {control}.",
    "scores.caption.band": "Gain in {metric} over {control}; inside the gray band a difference does not matter.",
    "status.failed": "failed",
    "status.not applicable": "not applicable",
    "status.reason": "{status}: {reason}",
    "figure.forest": "Gain in {metric} over {control}",
    "figure.forest.axis": "worse ← {metric} → better",
    "figure.forest.line": "{strategy} {gain} ({low} to {high})",
    "curves.intro": (
        "The curves are averaged over the test folds and judge one class against the rest. Reliability has square-root "
        "axes, since probabilities of rare classes lie near 0, and shows only bins of at least 10 rows."
    ),
    "curves.control": "{strategy} (control)",
    "curves.precision": "Precision and recall",
    "curves.roc": "ROC",
    "curves.reliability": "Reliability",
    "curves.of class": "{title} for class {label}",
    "curves.strategies": "{about} Strategies: {names}.",
    "curves.precision.about": "Mean precision at each recall over the test folds.",
    "curves.roc.about": "Mean true-positive rate at each false-positive rate over the test folds.",
    "curves.reliability.about": "On the diagonal, observed shares equal predicted probabilities.",
    "axis.recall": "recall",
    "axis.precision": "precision",
    "axis.fpr": "false-positive rate",
    "axis.tpr": "true-positive rate",
    "axis.predicted": "predicted probability",
    "axis.observed": "observed share",
}
_ROWS = {
    "rows.none": "No rows were generated.",
    "rows.error": "Do not use these rows as they are: {name}{where}{more}.",
    "rows.warning": "Look at these rows before use: {name}{where}{more}.",
    "rows.where": " in class {label}",
    "rows.more": ", and {n} more",
    "rows.fine": "No fault was found in the generated rows.",
    "rows.partly": "No fault was found where one could be seen; too few rows to judge: {labels}.",
    "rows.unjudged": "There are too few rows to say whether the generated ones are good.",
    "quality.intro": (
        "An absolute figure misleads, so each one is compared with the same figure between two samples of real rows of "
        "the same sizes. A dot within the gray bar is as good as real rows."
    ),
    "quality.fine": "No fault was found.",
    "quality.few": "There are too few rows for a fault to show.",
    "quality.table": "Measures of class {label}",
    "quality.uncompared": "Without comparison ({n})",
    "quality.why": (
        "These cannot be compared with real rows, because there are too few rows or none were held out; they say "
        "little by themselves."
    ),
    "severity.error": "error",
    "severity.warning": "warning",
    "severity.info": "remark",
    "finding.where": " in class {label}",
    "finding.column": ", column {column}",
    "finding.measure": "{title} {value}, real rows {baseline}",
    "sizes": "{real} real rows, {new} generated",
    "sizes.held out": "{real} real rows, {new} generated, {held_out} held out",
    "head.measure": "Measure",
    "head.value": "Generated",
    "head.compared": "Compared",
    "head.baseline": "Real against real",
    "measure.text": "Generated {value}; real against real {baseline}.",
    "measure.text.interval": "Generated {value}; real against real {baseline}, 95 % between {low} and {high}.",
    "marginals.intro": (
        "The columns that differ most from real rows come first. KS (numbers) is the largest gap between the "
        "cumulative shares; TV (categories) is the share of rows that would have to change level. In parentheses: the "
        "same between two samples of real rows."
    ),
    "marginals.further": "{n} further columns",
    "marginals.left": "{n} columns that differ less are not drawn.",
    "marginals.ks": "KS",
    "marginals.tv": "TV",
    "marginals.beside": "{value} (real {baseline})",
    "marginals.missing": "missing {real} → {new}",
    "figure.marginal": "Values of {column}",
    "figure.marginal.text": "Largest differences, real against generated: {pairs}",
    "figure.marginal.pair": "{level}: {real}, {new}",
    "dependence.intro": (
        "How strongly columns depend on one another: Spearman correlation between two numbers, Cramér's V between two "
        "categories, the correlation ratio between a number and a category."
    ),
    "dependence.positive": "positive",
    "dependence.negative": "negative",
    "dependence.real": "Real",
    "dependence.generated": "Generated",
    "dependence.difference": "Generated − real (full color at ±.5)",
    "dependence.pairs": "Pairs that differ most",
    "dependence.first": "Column",
    "dependence.second": "and column",
    "figure.heat.text": (
        "{n} columns against {n} columns; color strength is the size of the association up to {reach}."
    ),
    "pictures.intro": (
        "Look for images that are all alike, for traces of the generator, and for generated images that repeat a real "
        "one. The nearest real image is found in the features that are compared, not in pixels."
    ),
    "pictures.real": "Real images",
    "pictures.pairs": "Generated images, and below each the nearest real image",
    "pictures.left": "{n} larger classes are not shown.",
    "picture.real": "real image {i} of class {label}",
    "picture.generated": "generated image {i} of class {label}",
    "picture.nearest": "real image that is nearest to generated image {i} of class {label}",
    "map.intro": (
        "A map of the rows on two axes: similar rows lie close together. Generated rows should fill the region of the "
        "real ones; they should neither repeat them nor lie among the other classes."
    ),
    "figure.map": "Map of the rows of class {label}",
    "figure.map.text": "{real} real and {new} generated rows among {other} rows of other classes.",
    "training.intro": (
        "These figures were measured after each chunk of steps. The rows come from the generator of step {n_iter} "
        "(solid vertical line)."
    ),
    "training.events": "Dashed lines mark events:",
    "head.step": "Step",
    "head.event": "Event",
    "head.detail": "Detail",
    "figure.training": "Training: {title}",
    "figure.training.text": "At the end: {ends}.",
    "panel.score": "Distance to real rows (other real rows: 1)",
    "panel.ratios": "Ratios to real rows",
    "panel.losses": "Losses",
    "panel.accuracy": "Discriminator accuracy (0.5: undecided)",
    "panel.memory": "Memorized and duplicated",
    "panel.penalty": "Gradient penalty",
    "axis.step": "step",
    "line.score": "after each chunk",
    "line.best_score": "best so far",
    "line.energy_ratio": "energy distance",
    "line.coverage_ratio": "coverage",
    "line.density_ratio": "density",
    "line.spread_ratio": "spread",
    "line.nearest_ratio": "nearest distance",
    "line.generator_loss": "generator",
    "line.discriminator_loss": "discriminator",
    "line.real_accuracy": "on real rows",
    "line.fake_accuracy": "on generated rows",
    "line.memorization": "memorization",
    "line.duplicate_rate": "duplicates",
    "line.penalty": "penalty",
    "event.early stopping": "early stopping",
    "event.restart": "restart",
    "event.mode collapse": "mode collapse",
    "event.divergence": "divergence",
    "event.memorization": "memorization",
    "memorization.intro": (
        "What the generated rows reveal about single real rows. These figures can show a risk; they can never prove "
        "privacy."
    ),
    "memorization.table": "Memorization in class {label}",
    "settings.intro": "These settings repeat the run.",
    "settings.json": "The same as JSON",
}
_MEASURES = {
    "energy_distance": ("Energy distance", "How far the generated rows lie from the real ones."),
    "energy_p_value": (
        "Energy distance, p-value",
        "Probability of such a distance if both came from one distribution.",
    ),
    "mmd": ("Maximum mean discrepancy", "Another distance, more sensitive to shape."),
    "mmd_p_value": ("MMD, p-value", "Probability of such a discrepancy if both came from one distribution."),
    "density": ("Density", "How densely generated rows lie among real ones; about 1 is ideal."),
    "coverage": ("Coverage", "Share of the real rows that have a generated row nearby."),
    "spread": ("Spread", "Mean distance between generated rows, divided by that between real ones."),
    "nearest_distance": (
        "Nearest distance",
        "Mean distance from a generated row to the nearest other one, divided by that between real rows.",
    ),
    "neighbor_share": (
        "Neighbor share",
        "Share of the places among the 5 nearest neighbors that generated rows take, beside as many real ones.",
    ),
    "dependence_difference": ("Dependence difference", "Mean difference between the associations of two columns."),
    "largest_dependence_difference": (
        "Largest dependence difference",
        "The same for the pair of columns that differs most.",
    ),
    "two_sample_auc": ("Two-sample AUC", "How well a classifier distinguishes generated rows from real ones."),
    "duplicate_rate": ("Duplicates", "Share of generated rows that equal another generated row."),
    "copy_rate": ("Copies", "Share of generated rows that equal a real one."),
    "near_copy_rate": ("Near copies", "Share of generated rows that lie unusually close to a real one."),
    "closeness": (
        "Closeness",
        "How often a generated row is the nearest one of a real row, relative to fresh rows, which have 1.",
    ),
    "memorization": (
        "Memorization",
        "Whether generated rows lie nearer to training rows than to held-out ones; 0.5 means that they do not.",
    ),
    "membership_auc": (
        "Membership inference AUC",
        "How well a simple attack distinguishes training rows from held-out ones.",
    ),
    "ks": ("Kolmogorov-Smirnov", "Largest gap between the two cumulative distributions."),
    "total_variation": ("Total variation", "Share of rows that would have to change level."),
    "range_coverage": ("Range covered", "Share of the real range that generated values span."),
    "out_of_range": ("Out of range", "Share of generated values beyond the real ones."),
    "level_coverage": ("Levels covered", "Share of the real levels that were generated."),
    "new_levels": ("New levels", "Share of generated values that no real row has."),
    "missing_rate": ("Missing rate", "Difference between the shares of missing values."),
}
_METRICS = {
    "average_precision": ("how high rare rows are ranked; 1 is perfect, and guessing scores the share of the class."),
    "log_loss": "the error of the probabilities, in nats; lower is better.",
    "brier": "the mean squared error of the probabilities; lower is better.",
    "roc_auc": "the probability that a rare row is ranked above another row; 0.5 is guessing.",
    "mcc": "the correlation between predicted and true classes at a tuned threshold; 0 is guessing.",
    "g_mean": "the geometric mean of the shares that are recognized in both classes, at a tuned threshold.",
    "f1": "the harmonic mean of precision and recall at a tuned threshold.",
    "balanced_accuracy": "the mean of the shares that are recognized in both classes, at a tuned threshold.",
    "recall_at_fpr": "the share of the rare class that is found while few other rows are flagged.",
    "cost": "what wrong decisions cost, with your costs; lower is better.",
    "recall_at_alerts": "the share of the rare class among the rows that you can look at.",
    "precision_at_alerts": "the share of rare rows among the rows that you can look at.",
}
_ESTIMATORS = {
    "logistic_regression": "logistic regression",
    "hist_gradient_boosting": "gradient boosting",
    "random_forest": "random forest",
    "decision_tree": "decision tree",
    "readable_tree": "tree of at most 32 leaves",
    "k_neighbors": "nearest neighbors",
    "mlp": "neural network",
    "small_mlp": "small neural network",
    "lightgbm": "LightGBM",
    "xgboost": "XGBoost",
    "catboost": "CatBoost",
}

#: All words by key.
WORDS: Mapping[str, str] = {
    **_PAGE,
    **_DECISION,
    **_SCORES,
    **_ROWS,
    **audits.ENGLISH,
    **rules.ENGLISH,
    **texts.ENGLISH,
    **{f"note.{piece}": text for piece, text in NOTES.items()},
    **{f"strategy.{name}": strategy.title for name, strategy in STRATEGIES.items()},
    **{f"strategy.{name}": strategy.title for name, strategy in TEXT_STRATEGIES.items()},
    **{f"estimator.{name}": title for name, title in _ESTIMATORS.items()},
    **{f"metric.{name}": metric.title for name, metric in METRICS.items()},
    **{f"metric.{name}.meaning": meaning for name, meaning in _METRICS.items()},
    **{f"measure.{name}": title for name, (title, _) in _MEASURES.items()},
    **{f"measure.{name}.meaning": meaning for name, (_, meaning) in _MEASURES.items()},
}
