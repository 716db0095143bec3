"""The studio: studies in a browser, published and discussed.

A study is a community or a case with what was asked about it: its measurement, its place among the economies,
policies compared. Every version of an answer is a folder of files; the database knows who may see what and
what people said about it. The studio computes nothing: questions are jobs in processes of their own.
"""
