-- What a score is worth: the share of suggestions with it that were right.
--
-- Fitted on the part of Tests/ContractTests/Fixtures/vendor_fields.tsv that is marked fit, whose suggestions were made
-- twice: with all that is known about names, and without the synonyms that are exactly a name of the set, which is how
-- names fare that nobody has thought of. Neighbouring scores were pooled until the shares rose; a share of n is
-- (right + 1) / (n + 2). The part that is marked held judges it.
DELETE FROM data.calibration;
INSERT INTO data.calibration (score, confidence)
VALUES
    (0, 0), (0.300, 0.050), (0.400, 0.170), (0.450, 0.600), (0.600, 0.700), (0.825, 0.710), (0.850, 0.860),
    (0.970, 0.940), (1, 0.983);
