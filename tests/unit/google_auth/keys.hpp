#pragma once

#include <string_view>

// Keys that were made for these tests with the openssl program and are used nowhere else, in the forms that files have them, and a token that the
// same program signed: what jwt.cpp must reproduce.

namespace cortex::test {

inline constexpr std::string_view pkcs8_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCwyZciDE1LHbne\n"
    "YNlIimJ6fyOW16KPeTF4DQM3TgqKrdG4BmEwYcsjHgMna6r7aHvRM9hZAq8K0CVW\n"
    "k5kXcrzCf2fA9udNeqpjz8Ik8yMe2NVuu9DvmPYs/dwMA5EvQUfHw26l9lJ2qd3R\n"
    "n+X4gYXRVPjej+bQMqpARBxbHaj4x3ugDg8VH1ZWDep1lOyzJvxT/YXMOaq17By7\n"
    "43r8PiEAVNaHgGh1shBDcBNZ2bquIPg3gQuFNWtak8Bpx0y8JeZVuqWSxGuPqZLg\n"
    "dfpWOShbo6RD+ZZgbSAhZQ0LVTDKnkvOJoPEybuQWSN6XYWsbhAtP54aQjbUz0bo\n"
    "MvwBmZAjAgMBAAECggEARy1CzhCJ5h5XwTLZCJ2+vHcHyymSZ5Vx11XV36RqFh+Z\n"
    "ejAHXUViVgc1Wd+9fW85uqbXCi9MblwTTGIslwY4/U3yZfyCb+1dQMZa8il6EGdY\n"
    "tzajDnRVWRP0Tln5UD9GOSV0HRmpZeFKT6XDH2R2jitZ77GcSmK7rRg/Gmg8qbxr\n"
    "XgZ4wM+D0NLdr2DTUSEtLxNHPfcmuB6YtABALf59jKDcnlNGbaqZpquzzg7ZhP7k\n"
    "VvtI7v/0hilPTbmBwpwnaE9gbU5229iZvQVeP2Jgbjp+ZGpdkoZlUnl7hfedbDOd\n"
    "zpUcBicOstKJYVTrgwaK7dtOyyU26yYSXj7n1l3D8QKBgQDi8VeuK2DIuL/cDDyf\n"
    "dtGqLEmR3x8BuLjRdXTsDXZShBL24iY3X2P8ojVgxn0Z1drjC7jG/pYkKgnsxAD3\n"
    "BtPV5ZP0WDVXjLuPgw8FgXcczGiNkGbI4MC9eiFifXFjtqggPwO3gQuC8XnbD2D9\n"
    "Ikc+q77aen5JvKL9cn/QjYr8FwKBgQDHbEYeF4Qt3udsIa4er3QrrI8oymfS961C\n"
    "1BfH5rOrX01eRDJFGmig12mD7iDjA8YoNTJt1a+QFxTm7OIlY/+OqHlY3+nApdpX\n"
    "XpM5edfWgKE+9NeIWlIPZpoD25y1vIkUWYhVmHOQmbzMsqSznhlBWRTovW8v8D+3\n"
    "HCgKZUZX1QKBgQCEIl0YzazmcZtT9dP+TOI6oNqdEjoteG4zlp3jKttvo/KeyIHT\n"
    "z7iZyaAmnqsMNdXiSFrnkie9GrT4pA6jxdflPGxu4kT8mrZCEt7WJ9FAdUuS0Tbn\n"
    "UuUl7Uwu2jcBBcLSM55oY7xeG1cF0uh3ulOdC8Zt0tBhAnIr+1SsCx2XNQKBgD9G\n"
    "+Ny1g4h2kSH7cd9ktszg3TAJQXZshnqNB9qzNlFrVQZTR0wr/AUFNQLavW6rFOZP\n"
    "MugtBJ8I4+X+RietGjru9EoiCm7JcYWFiduT8MusVv29/OHUHvOqD7anqYr0/t4J\n"
    "JrxaOlkonwKosKAZy1Oz63GKIkyow97bPU1HI1HdAoGBAJxogyBCDzsyO0NTRguz\n"
    "bVG+M45KIsegCsng4p5nCuQdIuy/PMGdxmJnXaY++s98tp9ftJnGJaCucxN2APgL\n"
    "HAVA8+rdoW8JpNVg3R18/zWfTXca5qX0S8SnWbRUxjA5q5WWsjz6QnZ7oiP0daR6\n"
    "NMiqa0UsLEWdZOAODJbuU54j\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view pkcs1_key =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEpAIBAAKCAQEAsMmXIgxNSx253mDZSIpien8jlteij3kxeA0DN04Kiq3RuAZh\n"
    "MGHLIx4DJ2uq+2h70TPYWQKvCtAlVpOZF3K8wn9nwPbnTXqqY8/CJPMjHtjVbrvQ\n"
    "75j2LP3cDAORL0FHx8NupfZSdqnd0Z/l+IGF0VT43o/m0DKqQEQcWx2o+Md7oA4P\n"
    "FR9WVg3qdZTssyb8U/2FzDmqtewcu+N6/D4hAFTWh4BodbIQQ3ATWdm6riD4N4EL\n"
    "hTVrWpPAacdMvCXmVbqlksRrj6mS4HX6VjkoW6OkQ/mWYG0gIWUNC1Uwyp5LziaD\n"
    "xMm7kFkjel2FrG4QLT+eGkI21M9G6DL8AZmQIwIDAQABAoIBAEctQs4QieYeV8Ey\n"
    "2Qidvrx3B8spkmeVcddV1d+kahYfmXowB11FYlYHNVnfvX1vObqm1wovTG5cE0xi\n"
    "LJcGOP1N8mX8gm/tXUDGWvIpehBnWLc2ow50VVkT9E5Z+VA/RjkldB0ZqWXhSk+l\n"
    "wx9kdo4rWe+xnEpiu60YPxpoPKm8a14GeMDPg9DS3a9g01EhLS8TRz33JrgemLQA\n"
    "QC3+fYyg3J5TRm2qmaars84O2YT+5Fb7SO7/9IYpT025gcKcJ2hPYG1OdtvYmb0F\n"
    "Xj9iYG46fmRqXZKGZVJ5e4X3nWwznc6VHAYnDrLSiWFU64MGiu3bTsslNusmEl4+\n"
    "59Zdw/ECgYEA4vFXritgyLi/3Aw8n3bRqixJkd8fAbi40XV07A12UoQS9uImN19j\n"
    "/KI1YMZ9GdXa4wu4xv6WJCoJ7MQA9wbT1eWT9Fg1V4y7j4MPBYF3HMxojZBmyODA\n"
    "vXohYn1xY7aoID8Dt4ELgvF52w9g/SJHPqu+2np+Sbyi/XJ/0I2K/BcCgYEAx2xG\n"
    "HheELd7nbCGuHq90K6yPKMpn0vetQtQXx+azq19NXkQyRRpooNdpg+4g4wPGKDUy\n"
    "bdWvkBcU5uziJWP/jqh5WN/pwKXaV16TOXnX1oChPvTXiFpSD2aaA9uctbyJFFmI\n"
    "VZhzkJm8zLKks54ZQVkU6L1vL/A/txwoCmVGV9UCgYEAhCJdGM2s5nGbU/XT/kzi\n"
    "OqDanRI6LXhuM5ad4yrbb6PynsiB08+4mcmgJp6rDDXV4kha55InvRq0+KQOo8XX\n"
    "5TxsbuJE/Jq2QhLe1ifRQHVLktE251LlJe1MLto3AQXC0jOeaGO8XhtXBdLod7pT\n"
    "nQvGbdLQYQJyK/tUrAsdlzUCgYA/RvjctYOIdpEh+3HfZLbM4N0wCUF2bIZ6jQfa\n"
    "szZRa1UGU0dMK/wFBTUC2r1uqxTmTzLoLQSfCOPl/kYnrRo67vRKIgpuyXGFhYnb\n"
    "k/DLrFb9vfzh1B7zqg+2p6mK9P7eCSa8WjpZKJ8CqLCgGctTs+txiiJMqMPe2z1N\n"
    "RyNR3QKBgQCcaIMgQg87MjtDU0YLs21RvjOOSiLHoArJ4OKeZwrkHSLsvzzBncZi\n"
    "Z12mPvrPfLafX7SZxiWgrnMTdgD4CxwFQPPq3aFvCaTVYN0dfP81n013Gual9EvE\n"
    "p1m0VMYwOauVlrI8+kJ2e6Ij9HWkejTIqmtFLCxFnWTgDgyW7lOeIw==\n"
    "-----END RSA PRIVATE KEY-----\n";

inline constexpr std::string_view ec_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgo+F+h5zYsDvP8+IB\n"
    "Zfss/SAveZ75Lck2TigHbPlBJg+hRANCAATjhRITi6OzBUtqAZwsP7CVD/Q0UF6j\n"
    "qfdE4YTot1I9NU5/WM2PjVDpAwsdnUTtzgWnnPeNbK9G7J+CgGlsaD1y\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view encrypted_pkcs8_key =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQId6oNgyupsGACAggA\n"
    "MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBAA7V5Tf1h5HOWMOa5C8PRuBIIE\n"
    "0OEXCZD/vKBGgOi3RYRxqywUya4sft3hweqes9GHJnin9MmY/TDvDTgicjydjHNr\n"
    "bB8j7Uyl8XRquDrysfoYc5S3whqWpx01K4Fr6pabqgSWK8zXt8wkmk+YXrfUldIe\n"
    "q93868sKo+7Zut/NxO95CTh6ygcLaZEQdk6L3kFsuiVdu/cFh6jRoRcp8WHbIjUd\n"
    "t2TIDNiT/sRvkGZPyvea5sQDz/bxJ4PtNzpPf6dgsf+34Jwwr18bQJZwpIhjA+Xr\n"
    "zWwdbNFsUAwf9WVdoeJoLti02TNjp4KDbhYTqvyqBHCuT+EtAh2MchEusUleFB9J\n"
    "mdHoWgLQZ9HO3snKvtmikUBKUVLrKvJ5Y+4STo7N66jaHz1QY0PP7/uNZdiT/cOl\n"
    "flHiXMSpQElxOZaWpmBJi+OAigL/sUMgvIhPP2vJvDxFoyfEcJXldD9alx0t+utT\n"
    "FtDnnpKUR8T8j5HWOfpRveeEwl0SYNnHFXo4ANUCAyVb1fNq9XzjvjeksJXrQPBR\n"
    "zNi66TQwg+c4S3LO33cT0unNn2QY29OhgbAuqM56w1/z1R4OU+GoMMcRBxMpi69j\n"
    "aFR4KH+7K1r9ceBJgM2iCz8mPEOxde04EhEDOJcUQh8eD4V93lcqfC60+CRW+HrI\n"
    "Q5/7olLqRkcqHY39bPwF2t5pI66YYQRsahuw4eWvJwVOXKsgCx+vnlX9FAYL4wm5\n"
    "Pb8KLhvegq9xrPDzy5a0dkOlqA1dh6+6HOEomT3CMf65j/7jemqhU/2iLqZBMvSv\n"
    "bRqI1EaDz3CTxvV8IPhritxup5Qp5r9jBGbRihDgVWmtvnf+tN0Lr8hvKl/XB8NW\n"
    "7KkTLzeHDYCP9TAdhgtlLCio79GR6SZxIkbIw7AJSXuaVGvDl41wtVkW9gM29491\n"
    "HKUjEPJU02r7fjX1tyjmHujsIxnOcknpD8gKdTAur1T+U7tJBREGpT09UscOnlLg\n"
    "sEN4ErpZJ90pTw0SD94KMiJPTLPlfzAZKCvSrJDI9fO7RFj+K17tMbz35KRJJ+ux\n"
    "wqc9Lafe4eIIMLXXFg1MiHNmMzFTcY9Jzs74B1UZLQkHdLCofNyi6w6aPPXv5y9Q\n"
    "DI568q+mfYJLN3PqRNKl4ggnXpW1PKyFMdQ4xpjLAO5sjMoKneSGmHG/yacB9Ixx\n"
    "ySQl8Yow0kgEsgPZkJ9wcCUK+uFGW1w83JDJ1Dk4KdwGp7+qDuYlzAtmqgOSTUpx\n"
    "hTR1RI0Wgdvhjvm3OA2iw2Ohas0+08oxzI8kVHILjrMjByFqMhiu8pJStZQa+9xT\n"
    "os6W2EW3paw0ECdaqlKyDX+Z/2TeAYVtZnfdX+l0vGnDrluJ050lpyfuu+i5VTIP\n"
    "3uhigO/oZ0usNrUMcQOD3KBpiPG2zMsYADeRjtn1mzF1Am2xVxzwwEfBTYgtNMqA\n"
    "3j+OJRWti7MHIMEKRKQbXtvuEtCgF5Vx7r+qBmfWoi7PqWw9OSOUhGFX8WalTHUy\n"
    "J6aDTUpBghUF1Fr9/m5MkUBTK3o4x6LQgZ8VenDNZn6mKj5t9T7oWVcZhy/KkhhB\n"
    "YIctysp/sLIbQxObbLaAKFC7uyOsDcv7SIPAzeQR+YuOx9I4lVwvSslDwg3T0dtB\n"
    "Ais9jWZcOpM0GBlebNZ7hLTHxses+CmpkNJErBBYSGE+\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

inline constexpr std::string_view encrypted_pkcs1_key =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,E83B7C78E42A87E04AC0AA6981FB20CE\n"
    "\n"
    "AxOU17luSCxrJyRJPg4lwswb3Wumiizsdq9TW3f98/jjLsxUe59kspCbRk5gx+o2\n"
    "kejpj29hCKOdkbquV2Tm/buI9zJdC4e+WEcTr58HiMghGpIzUs+5Z9WzTsQ9yBFF\n"
    "ZIb+dw9PwtI8QIY83JAKxNJMTND2B+kjGyyamcu9FCI9XfWs77JSsFiXiE8lATBu\n"
    "+fPYOIOXITHiNocHIzJyIckjoDqIVl8sekLSK4RI5v8X1wPZxTEYfg6P601bW/Mn\n"
    "STvb53PyswD3Pf/Cp28df4/b0yJMc0SkGSmgtV23QTN868eTzOpp30stlbg5A7SR\n"
    "hGCwHEK88HFYU8dtx/o7CQAkKTAr0xS9LkyEwEA0QPi06aq9f6dsCu8X+KQQ1Jlx\n"
    "EBfCThmcNHT9sRgIaXwHD6fvzfSK67HNfilJ0V6Ft82fAZ32HD5k6muLLMTV7eaR\n"
    "hTKVuWwuZhpbtKi9HyyjYK6EsWYzMKaMUd+o0Wy9Pc4NXMuz2fhSILKX5yOvh9It\n"
    "8hzZlSwgreH3UeSS96u7qF53ECykDlARCaE/PmngPqb3E3Cep/HICVhAozA6pbTk\n"
    "sD6FnaHUFWPSzDDPresE4F8zXRy86AMsus7uvDYuqQjYZiJc9lwwmgFqXboCkwvz\n"
    "5hReCm4L5HVddjXu2ItNqqyhexYi6ChV7DtXznDZI7Hhi8Ows+pHldqI2KJPOVxV\n"
    "cTD9xFLzzl99BJBzHl8LL2zBDsv4vIU2ndmgp9TGw5mJmoGcsKhBRVTMIHL3NNYP\n"
    "8M8UloH5bZrtRZo+LAOOAJPhP6V4tVnsFR4pL14zpWFFnjt2o3fdjkxqeEH2pZY7\n"
    "iuICgjvymY0rDxo7F+gUbNDfInffllACqQdE4WwwyAUxjiNWsOKslB15Qwj7BY1r\n"
    "u6Le/tSlz5hsSk8n8cT4rMBkYRYYozH2yOvgqDcgA9J7XIfmd5jYLf0HAuvYzVO8\n"
    "qIMj0NUmzR8EyoTZEeXf4sAVg7xTpkO2iUhkceYzLz0ElIrrsnnvHsE196VrgCJz\n"
    "4z2WJjzVufZ7yxhMgyRC8ONNXITT3LurCW30gDkAL9OhFrhGUPZp3i42LGEnwq9M\n"
    "1N1WjTo/6Y5qwDJHNUQiVNX5DAyjIiVhHNZIwy6I1Okt1k6XDfja5nUBOWaYsMSY\n"
    "opHCU4CHUwo5rn1mETKxm2TDr+E3fmWjLw3NJ5GLSBMH1+W5RrQZhOPiGajxAAv1\n"
    "cfA7XxZTdPGCxzxS5eRrPrrzfMG5zAXnr594xEQSOmF1Hz9ytpN8FlLNl5zXWESW\n"
    "e1VyBFkEH5e2+9PdQT7cnojiYs3fXs5tvRJACnylkHNUU2n/zPrCp8rq2RYLTkEz\n"
    "snvW3nZ8mhvbs00BHMjWGMH8pWbsfWSq+jRBn35Nd9q6fTDciN+yak8EIH+YkUeS\n"
    "TIazIsCT4BHRtB2osz1IS0Wo5kVLr14yirNE86PsyhwFJb6s/coLYdv+birHn0vN\n"
    "ZW8BN6BL6Y8JiuEbJWiiQ5yyD8ipITbzZSBhMx184CTjvyaXAw3rN7mdCzFhRVDG\n"
    "Lrao/C3Yl9lGI1jxmwgnGqF18ymeDLtToaq9XGCTd8Sac2YwpW+dq6y+TcYhPRtW\n"
    "-----END RSA PRIVATE KEY-----\n";

inline constexpr std::string_view public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsMmXIgxNSx253mDZSIpi\n"
    "en8jlteij3kxeA0DN04Kiq3RuAZhMGHLIx4DJ2uq+2h70TPYWQKvCtAlVpOZF3K8\n"
    "wn9nwPbnTXqqY8/CJPMjHtjVbrvQ75j2LP3cDAORL0FHx8NupfZSdqnd0Z/l+IGF\n"
    "0VT43o/m0DKqQEQcWx2o+Md7oA4PFR9WVg3qdZTssyb8U/2FzDmqtewcu+N6/D4h\n"
    "AFTWh4BodbIQQ3ATWdm6riD4N4ELhTVrWpPAacdMvCXmVbqlksRrj6mS4HX6Vjko\n"
    "W6OkQ/mWYG0gIWUNC1Uwyp5LziaDxMm7kFkjel2FrG4QLT+eGkI21M9G6DL8AZmQ\n"
    "IwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

/// Of worker@demo-project.iam.gserviceaccount.com, key-1, at 1700000000.
inline constexpr std::string_view signed_assertion =
    "eyJ0eXAiOiAiSldUIiwgImFsZyI6ICJSUzI1NiIsICJraWQiOiAia2V5LTEifQ.eyJpYXQiOiAxNzAwMDAwMDAwLCAiZXhwIjogMTcwMDAwMzY"
    "wMCwgImlzcyI6ICJ3b3JrZXJAZGVtby1wcm9qZWN0LmlhbS5nc2VydmljZWFjY291bnQuY29tIiwgImF1ZCI6ICJodHRwczovL29hdXRoMi5nb"
    "29nbGVhcGlzLmNvbS90b2tlbiIsICJzY29wZSI6ICJodHRwczovL3d3dy5nb29nbGVhcGlzLmNvbS9hdXRoL2Nsb3VkLXBsYXRmb3JtIn0.Jyh"
    "KUVNgmjzHvp_7IehCg2fX157e3ijBTPO3c4Ef2miMeSQbyd4mFfJiOw9odKub-6DkU3x5dIYjEtio_sXHfHm8CIIIDQ8aazzW5mImTOYJf2jxS"
    "O2Oic0TQQE6iqkzmb-WIZJ7K4LPB7CAI7VIFCVlWs9y0yu6t52o9O4AdLcRupbR0gbcX7l_VCZ-tbEWHdKKX0F_5H_vPICSuLmIgUshUxdQ8wF"
    "K7xutYzI_vD8W5itsa0erfH8eAsZI2ZOgByfngVVYVSR3hNFDFsqx1dT95pr6g5X7xHQ6dbKEfCc_0BvjR5x_LvdSx-SgvpmbkgoN04cMKjeeJ"
    "cRyECTyAw";

}  // namespace cortex::test
