# Runs of R's surveillance on series made here, for test_alarms_in_r.py. Nothing of the package is copied:
# series, settings and what the package answered are written down.
#   Rscript make.R > runs.json          (R 4.2.2, surveillance 1.20.3: r-cran-surveillance of Debian 12)
suppressMessages(library(surveillance))

number <- function(v) ifelse(is.na(v), "null", trimws(formatC(v, digits = 15, format = "g", width = 1)))
json <- function(x) {
  if (is.list(x)) {
    return(paste0("{", paste0('"', names(x), '": ', vapply(x, json, ""), collapse = ", "), "}"))
  }
  cells <- if (is.character(x)) paste0('"', x, '"') else if (is.logical(x)) tolower(x) else number(x)
  if (length(x) == 1 && is.null(attr(x, "many"))) cells else paste0("[", paste(cells, collapse = ", "), "]")
}
many <- function(x) structure(x, many = TRUE)

series <- function(seed, n, level, growth = 0, season = 0, phi = 1, freq = 52, outbreaks = 0) {
  set.seed(seed)
  t <- seq_len(n)
  mu <- level * exp(growth * (t - n) + season * cos(2 * pi * t / freq))
  y <- if (phi == 1) rpois(n, mu) else rnbinom(n, mu = mu, size = mu / (phi - 1))
  for (start in sample(n, outbreaks)) {
    weeks <- start:min(n, start + 3)
    y[weeks] <- y[weeks] + rpois(length(weeks), 3 + 2 * sqrt(phi * level))
  }
  y
}

run <- function(y, fun, control, freq = 52, start = NULL, population = NULL, last = 8) {
  n <- length(y)
  control$range <- (n - last + 1):n
  pop <- matrix(if (is.null(population)) rep(1, n) else population)
  s <- if (is.null(start)) sts(observed = matrix(y), frequency = freq, population = pop) else
    sts(observed = matrix(y), frequency = freq, population = pop, epoch = as.Date(start) + 7 * (0:(n - 1)))
  quiet <- if (fun == "farrington") list(verbose = FALSE) else NULL
  r <- suppressWarnings(do.call(fun, c(list(s, control), quiet)))
  got <- list(upper = many(as.numeric(upperbound(r))), alarm = many(as.numeric(alarms(r))))
  if (fun == "farringtonFlexible") {
    for (name in c("expected", "score", "pvalue", "phiVector", "trendVector")) {
      got[[name]] <- many(as.numeric(r@control[[name]]))
    }
  }
  control$fitFun <- NULL
  out <- list(call = sprintf("%s(sts, control)", fun), control = control, frequency = freq)
  if (!is.null(start)) out$start <- start
  out$observed <- many(y)
  if (!is.null(population)) out$population <- many(population)
  c(out, got)
}

flexible <- function(y, ..., freq = 52, start = NULL, population = NULL) {
  control <- modifyList(list(
    b = 5, w = 3, reweight = TRUE, weightsThreshold = 2.58, alpha = 0.05, trend = TRUE, pThresholdTrend = 1,
    limit54 = c(5, 4), powertrans = "2/3", populationOffset = FALSE, noPeriods = 10, pastWeeksNotIncluded = 26,
    thresholdMethod = "nbPlugin", verbose = FALSE, glmWarnings = FALSE
  ), list(...))
  run(y, "farringtonFlexible", control, freq, start, population)
}
original <- function(y, ..., population = NULL, start = NULL) {
  control <- modifyList(list(b = 5, w = 3, reweight = TRUE, alpha = 0.05, trend = TRUE, limit54 = c(5, 4),
                             powertrans = "2/3", verbose = FALSE), list(...))
  if (!is.null(population)) control$fitFun <- "algo.farrington.fitGLM.populationOffset"
  run(y, "farrington", control, 52, start, population)
}
people <- function(seed, n) { set.seed(seed); round(1e5 * exp(cumsum(rnorm(n, 0.0005, 0.002)))) }

runs <- list(
  flexible(series(1, 275, 10, season = 0.5, phi = 2), alpha = 0.01),
  flexible(series(2, 275, 3, growth = 0.004, phi = 1.5, outbreaks = 3), alpha = 0.005),
  flexible(series(3, 275, 0.4, phi = 1.2, outbreaks = 2), limit54 = c(0, 4)),
  flexible(series(4, 275, 800, growth = -0.003, season = 0.8, phi = 20), alpha = 0.001),
  flexible(series(5, 168, 6, season = 0.4, phi = 3, outbreaks = 2), b = 3, w = 2, noPeriods = 7),
  flexible(series(6, 220, 25, phi = 5, outbreaks = 4), b = 4, w = 4, noPeriods = 5, pastWeeksNotIncluded = 10),
  flexible(series(7, 117, 12, season = 0.3), b = 2, w = 5, noPeriods = 3, weightsThreshold = 1),
  flexible(series(8, 275, 30, growth = 0.005), noPeriods = 20, w = 1, trend = FALSE, alpha = 0.1),
  flexible(series(9, 275, 5, growth = 0.002, phi = 2, outbreaks = 3), pThresholdTrend = 0.2, weightsThreshold = 2),
  flexible(series(10, 275, 15, season = 0.6, phi = 2), thresholdMethod = "muan", alpha = 0.01),
  flexible(series(11, 275, 4, phi = 1.3, outbreaks = 3), thresholdMethod = "muan", reweight = FALSE, w = 2),
  flexible(series(12, 275, 60, growth = 0.002, phi = 6), thresholdMethod = "delta", powertrans = "1/2"),
  flexible(series(13, 275, 9, phi = 2, outbreaks = 4), thresholdMethod = "delta", powertrans = "none", reweight = FALSE),
  flexible(series(14, 168, 7, growth = -0.006, outbreaks = 2), b = 3, noPeriods = 1, weightsThreshold = 1,
           pThresholdTrend = 0.05, pastWeeksNotIncluded = 0, thresholdMethod = "delta"),
  flexible(series(15, 275, 20, phi = 3), populationOffset = TRUE, population = people(15, 275), alpha = 0.01),
  flexible(series(16, 75, 40, season = 0.5, phi = 2, freq = 12), freq = 12, w = 1, noPeriods = 5,
           pastWeeksNotIncluded = 6),
  flexible(series(17, 275, 8, season = 0.5, phi = 2, outbreaks = 3), start = "2016-01-04", alpha = 0.01),
  flexible(series(18, 275, 14, phi = 2), start = "2015-03-05", noPeriods = 1, pastWeeksNotIncluded = 3,
           thresholdMethod = "delta", weightsThreshold = 1, pThresholdTrend = 0.05),
  original(series(19, 275, 10, phi = 2, outbreaks = 3), alpha = 0.01),
  original(series(20, 169, 3, growth = 0.004), b = 3, w = 5, powertrans = "1/2", alpha = 0.001),
  original(series(21, 220, 200, growth = 0.006, phi = 10), b = 4, w = 2, trend = FALSE, powertrans = "none"),
  original(series(22, 275, 1.5, phi = 1.4), reweight = FALSE, limit54 = c(3, 2), w = 1),
  original(series(23, 275, 20, phi = 3), population = people(23, 275), alpha = 0.01),
  original(series(24, 275, 9, phi = 2, outbreaks = 3), start = "2016-01-04", alpha = 0.025)
)
cat("[\n", paste(vapply(runs, json, ""), collapse = ",\n"), "\n]\n", sep = "")
