# What R says about cases that the shared reference leaves out: missing weeks, a population at
# risk, an all but empty series, other powers and periods.  Run in this folder:
#   Rscript make.R          (R 4.2.2, surveillance 1.20.3)
suppressMessages(library(surveillance))
series <- read.csv("farrington_series.csv")
sets <- list(
  half = list(b = 4, w = 3, noPeriods = 1, pastWeeksNotIncluded = 3, reweight = TRUE,
              weightsThreshold = 1, pThresholdTrend = 0.05, trend = TRUE,
              thresholdMethod = "delta", alpha = 0.05, powertrans = "1/2", limit54 = c(5, 4)),
  rates = list(b = 3, w = 2, noPeriods = 5, pastWeeksNotIncluded = 10, reweight = TRUE,
               weightsThreshold = 2.58, pThresholdTrend = 1, trend = TRUE,
               thresholdMethod = "nbPlugin", alpha = 0.005, powertrans = "2/3", limit54 = c(0, 4),
               populationOffset = TRUE),
  limit = list(b = 4, w = 4, noPeriods = 10, pastWeeksNotIncluded = 26, reweight = TRUE,
               weightsThreshold = 2.58, pThresholdTrend = 0.5, trend = TRUE,
               thresholdMethod = "muan", alpha = 0.02, powertrans = "2/3", limit54 = c(2, 3),
               populationOffset = TRUE),
  plain = list(b = 2, w = 3, noPeriods = 7, pastWeeksNotIncluded = 3, reweight = FALSE,
               weightsThreshold = 2.58, pThresholdTrend = 1, trend = TRUE,
               thresholdMethod = "delta", alpha = 0.02, powertrans = "none", limit54 = c(0, 4))
)
rows <- list()
for (id in c("A", "B", "C")) for (name in names(sets)) {
  s <- sts(series[[id]], frequency = 52, start = c(2015, 1),
           population = matrix(series$population, ncol = 1))
  r <- farringtonFlexible(s, control = c(list(range = 276:290, warnings = FALSE), sets[[name]]))
  rows[[length(rows) + 1]] <- data.frame(
    series_id = id, param_set = name, t = 276:290,
    expected = r@control$expected, upperbound = upperbound(r)[, 1],
    alarm = as.integer(alarms(r)[, 1]), score = r@control$score, pvalue = r@control$pvalue,
    phi = r@control$phiVector, trend = r@control$trendVector)
}
out <- do.call(rbind, rows)
for (column in names(out)[4:10]) out[[column]] <- sprintf("%.17g", out[[column]])
write.csv(out, "farrington_r.csv", row.names = FALSE, quote = FALSE)
