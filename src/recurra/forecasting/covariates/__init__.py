"""What is known beside the target: columns of the table, the calendar and holidays."""

from recurra.forecasting.covariates.ahead import look_ahead
from recurra.forecasting.covariates.around import Around, Beside
from recurra.forecasting.covariates.covariates import Covariates
from recurra.forecasting.covariates.encoding import Encoding, Sizes
from recurra.forecasting.covariates.roles import Roles
from recurra.forecasting.covariates.wanted import Wanted
from recurra.forecasting.covariates.windows import CovariateWindows, WindowCovariates

__all__ = [
    "Around",
    "Beside",
    "CovariateWindows",
    "Covariates",
    "Encoding",
    "Roles",
    "Sizes",
    "Wanted",
    "WindowCovariates",
    "look_ahead",
]
