"""Figures that ConvGeN's authors published, as means over 25 folds.

Source: the result files in the repository of the paper (Schultz et al. 2022, arXiv 2206.09812),
``data_result/<method>/folding_<data set>.csv``, lines "avg". The variant of ConvGeN is the one that its authors
tabulate beside other methods: neighborhoods of the whole rare class, sampled common rows ("ConvGeN(min,maj)").
"""

#: The order of the learners in this file.
LEARNERS = ("logistic_regression", "k_neighbors", "random_forest", "gradient_boosting")

#: F1 of ConvGeN at 0.5 with each learner, and the average precision of logistic regression.
CONVGEN = {
    "abalone_17_vs_7_8_9_10": ((0.337, 0.315, 0.280, 0.291), 0.468),
    "abalone9_18": ((0.575, 0.136, 0.348, 0.318), 0.687),
    "car_good": ((0.109, 0.509, 0.659, 0.864), 0.070),
    "car_vgood": ((0.422, 0.879, 0.929, 0.982), 0.364),
    "flaref": ((0.323, 0.306, 0.120, 0.181), 0.376),
    "hypothyroid": ((0.378, 0.606, 0.798, 0.800), 0.444),
    "kddcup_guess_passwd_vs_satan": ((0.995, 0.991, 1.000, 1.000), 1.000),
    "kr_vs_k_three_vs_eleven": ((0.965, 0.961, 0.992, 0.995), 0.989),
    "kr_vs_k_zero_one_vs_draw": ((0.836, 0.897, 0.946, 0.972), 0.930),
    "shuttle_2_vs_5": ((0.996, 0.932, 1.000, 1.000), 1.000),
    "winequality_red_4": ((0.135, 0.058, 0.086, 0.107), 0.173),
    "yeast4": ((0.277, 0.348, 0.321, 0.351), 0.374),
    "yeast5": ((0.620, 0.646, 0.738, 0.724), 0.691),
    "yeast6": ((0.353, 0.426, 0.575, 0.564), 0.533),
}

#: Means of F1 over the fourteen data sets, computed from the same files.
MEANS = {
    "duplication": (0.470, 0.529, 0.638, 0.656),
    "ProWRAS": (0.504, 0.608, 0.599, 0.654),
    "GAN": (0.500, 0.535, 0.621, 0.638),
    "CTGAN": (0.437, 0.477, 0.598, 0.590),
    "CTAB-GAN": (0.439, 0.516, 0.647, 0.644),
    "ConvGeN": (0.523, 0.572, 0.628, 0.654),
}
