/* SPDX-License-Identifier: MIT */
/*
 * report_formats: the formats that report.c lists, one a file.
 */
#ifndef REPORT_REPORT_FORMATS_H
#define REPORT_REPORT_FORMATS_H

#include "report/report.h"

extern const struct report_ops report_text, report_json, report_ktap, report_junit, report_markdown,
	report_html, report_expect;

#endif
