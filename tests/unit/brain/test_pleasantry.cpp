#include "brain/need.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace cortex::brain {
namespace {

constexpr std::string_view greetings[] = {"Hello",
                                          "hi",
                                          "Hey!",
                                          "hello there",
                                          "Hi Claude!",
                                          "Hello, John Smith",
                                          "good morning",
                                          "Good evening 👋",
                                          "hiiii",
                                          "Helllo",
                                          "helo",
                                          "👋 hey",
                                          "Hi, how are you?",
                                          "Hallo",
                                          "Guten Morgen!",
                                          "Grüß Gott",
                                          "Moin moin",
                                          "Hallo zusammen",
                                          "Hallo, wie geht's?",
                                          "Servus Peter",
                                          "Bonjour",
                                          "Bonsoir à tous !",
                                          "Salut, ça va ?",
                                          "¡Hola!",
                                          "Buenos días",
                                          "Hola, ¿cómo estás?",
                                          "Olá, tudo bem?",
                                          "Bom dia!",
                                          "Ciao",
                                          "Buongiorno!",
                                          "Ciao, come stai?",
                                          "Goedemorgen",
                                          "Hoi, hoe gaat het?",
                                          "Cześć!",
                                          "Dzień dobry",
                                          "Привет",
                                          "Привет!!! 😊",
                                          "Здравствуйте",
                                          "Добрый день",
                                          "Привет, как дела?",
                                          "Првет",
                                          "Привіт",
                                          "Добрий день!",
                                          "Привіт, як справи?",
                                          "Merhaba",
                                          "Günaydın",
                                          "Selam, nasılsın?",
                                          "مرحبا",
                                          "السلام عليكم",
                                          "أهلاً وسهلاً",
                                          "صباح الخير",
                                          "שלום",
                                          "בוקר טוב",
                                          "היי, מה נשמע?",
                                          "नमस्ते",
                                          "नमस्ते जी",
                                          "你好",
                                          "您好！",
                                          "早上好",
                                          "你好，最近怎么样？",
                                          "こんにちは",
                                          "おはようございます！",
                                          "こんにちは、元気ですか？",
                                          "안녕하세요",
                                          "안녕!",
                                          "안녕하세요, 잘 지내세요?",
                                          "Hej",
                                          "Ahoj",
                                          "Xin chào",
                                          "Γεια σου",
                                          "สวัสดีครับ",
                                          "Selamat pagi"};

constexpr std::string_view thanks[] = {"Thanks",
                                       "thanks!",
                                       "Thank you so much!",
                                       "thx",
                                       "Thansk",
                                       "thank yuo",
                                       "Thanks a lot, Claude 🙏",
                                       "ok thanks",
                                       "Great, thank you!",
                                       "Perfect, thanks. Bye!",
                                       "Thanks for your help",
                                       "Thank you for the quick explanation!",
                                       "Thank you, that was very helpful",
                                       "Danke",
                                       "Vielen Dank!",
                                       "Danke schön",
                                       "Danke für die Hilfe",
                                       "Super, danke dir",
                                       "Merci beaucoup",
                                       "Merci pour votre aide !",
                                       "Gracias",
                                       "Muchas gracias por tu ayuda",
                                       "Obrigado!",
                                       "Muito obrigada",
                                       "Grazie mille",
                                       "Grazie per l'aiuto",
                                       "Dank je wel",
                                       "Bedankt!",
                                       "Dziękuję bardzo",
                                       "Dzięki",
                                       "Спасибо",
                                       "Большое спасибо!",
                                       "Спасибо за помощь",
                                       "Дякую",
                                       "Щиро дякую!",
                                       "Teşekkürler",
                                       "Çok teşekkür ederim",
                                       "شكراً",
                                       "شكرا جزيلا",
                                       "תודה",
                                       "תודה רבה!",
                                       "धन्यवाद",
                                       "बहुत बहुत धन्यवाद",
                                       "谢谢",
                                       "非常感谢！",
                                       "谢谢你的帮助",
                                       "ありがとう",
                                       "ありがとうございます！",
                                       "감사합니다",
                                       "고마워요 😊",
                                       "Tack så mycket",
                                       "Kiitos",
                                       "Terima kasih",
                                       "Cảm ơn bạn"};

TEST(Pleasantry, a_greeting_stays_cheap_after_a_hard_turn_and_a_failed_tool) {
    for (const std::string_view prompt : greetings) {
        const Assessment found = assess({.prompt = prompt,
                                         .last_prompt = "Prove that there are infinitely many primes.",
                                         .last_answer = "I am not sure.",
                                         .turns = 3,
                                         .tool_errors = 2,
                                         .failed_checks = 1,
                                         .turn_failed = true,
                                         .self_report = 0.1,
                                         .drift = 0.9});
        EXPECT_EQ(found.kind, TaskKind::greeting) << prompt;
        EXPECT_FALSE(found.hard) << prompt;
        EXPECT_EQ(found.level, ThinkingLevel::off) << prompt;
        EXPECT_EQ(found.budget, 0) << prompt;
    }
}

TEST(Pleasantry, thanks_stay_cheap_after_a_failed_tool) {
    for (const std::string_view prompt : thanks) {
        const Assessment found = assess({.prompt = prompt, .turns = 3, .tool_errors = 1});
        EXPECT_EQ(found.kind, TaskKind::thanks) << prompt;
        EXPECT_FALSE(found.hard) << prompt;
        EXPECT_EQ(found.level, ThinkingLevel::off) << prompt;
    }
}

TEST(Pleasantry, is_no_message_that_asks_for_something_too) {
    for (const std::string_view prompt :
         {"Hi, fix the failing test", "Thanks, but that's wrong", "hello world program in Rust",
          "Thanks! Now prove it.", "Hallo, erstelle einen Plan", "Danke, aber das stimmt nicht", "谢谢，但是错了",
          "你好，证明√2是无理数", "ありがとう、でも違います", "Merci, mais c'est faux", "Спасибо, но это неправильно",
          "help", "no", "Hi, what is wrong with my code?"}) {
        const Assessment found = assess({.prompt = prompt, .turns = 1, .tool_errors = 1});
        EXPECT_NE(found.kind, TaskKind::greeting) << prompt;
        EXPECT_NE(found.kind, TaskKind::thanks) << prompt;
        EXPECT_TRUE(found.hard) << prompt;
    }
}

}  // namespace
}  // namespace cortex::brain
