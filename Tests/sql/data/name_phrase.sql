-- What one thing is called in many ways is one phrase.
SELECT test.equals(c.name, data.name_phrase(c.name), c.phrase)
FROM (VALUES
    ('Account_Name__c',        'account name'),
    ('accountName',            'account name'),
    ('ACCOUNTNAME',            'account name'),
    ('acct_nm',                'account name'),
    ('SBQQ__Account_Name__c',  'account name'),
    ('properties.accountname', 'account name'),
    ('AccountID',              'account id'),
    ('_accountid_value',       'account id'),
    ('account_uuid',           'account id'),
    ('E-Mail Address',         'e email address'),
    ('emailaddress1',          'email address'),
    ('emailaddress2',          'email address 2'),
    ('hs_closedate',           'close date'),
    ('numberofemployees',      'number of employee'),
    ('Companies',              'company'),
    ('addresses',              'address'),
    ('status',                 'status'),
    ('Büro',                   'büro'),
    ('2024',                   '2024'),
    ('__',                     ''),
    ('',                       '')
) AS c (name, phrase);

-- The longest of names is no burden.
SELECT test.is_true('a long name', char_length(data.name_phrase(repeat('at', 5000))) < 1000);
