"""代报 by workbook: out with the units one may file for, in with a difference that is looked at before it is applied."""
