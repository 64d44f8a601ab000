#include "brain/need.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace cortex::brain {
namespace {

bool says(const Assessment& found, std::string_view words) {
    return std::any_of(found.reasons.begin(), found.reasons.end(),
                       [&](const std::string& reason) { return reason.find(words) != std::string::npos; });
}

constexpr std::string_view hard_prompts[] = {
    "Prove that sqrt(2) is irrational.",
    "Analyze the pros and cons of microservices architecture.",
    "Plan the migration of a 2 TB PostgreSQL database with zero downtime.",
    "Design a rate limiter for a distributed API gateway.",
    "What are the trade-offs between SQL and NoSQL databases?",
    "Please create a detailed plan for launching our product in Japan.",
    "Why does my service deadlock under load? The stack trace shows two threads waiting.",
    "Why does my Python script hang after the second request?",
    "Debug this: my program crashes with a segmentation fault in malloc.",
    "Erstelle einen Plan für die Migration auf Kubernetes.",
    "Beweise, dass √2 irrational ist.",
    "Analysiere die Vor- und Nachteile von Microservices.",
    "Erstelle einen detaillierten Migrationsplan.",
    "Élabore un plan de migration vers le cloud.",
    "Démontre que √2 est irrationnel.",
    "Analyse les avantages et inconvénients des microservices.",
    "Elabora un plan para migrar a la nube.",
    "Demuestra que √2 es irracional.",
    "Analiza las ventajas y desventajas de los microservicios.",
    "Crie um plano de migração para a nuvem.",
    "Prove que √2 é irracional.",
    "Analise os prós e contras dos microsserviços.",
    "Crea un piano di migrazione verso il cloud.",
    "Dimostra che √2 è irrazionale.",
    "Analizza i pro e i contro dei microservizi.",
    "Maak een plan voor de migratie naar de cloud.",
    "Bewijs dat √2 irrationaal is.",
    "Analyseer de voor- en nadelen van microservices.",
    "Opracuj plan migracji do chmury.",
    "Udowodnij, że √2 jest liczbą niewymierną.",
    "Przeanalizuj wady i zalety mikroserwisów.",
    "Составь план миграции в облако.",
    "Докажи, что √2 иррационально.",
    "Проанализируй плюсы и минусы микросервисов.",
    "Склади план міграції в хмару.",
    "Доведи, що √2 ірраціональне.",
    "Проаналізуй переваги та недоліки мікросервісів.",
    "Buluta geçiş için bir plan hazırla.",
    "√2'nin irrasyonel olduğunu ispatla.",
    "Mikroservislerin artılarını ve eksilerini analiz et.",
    "ضع خطة للانتقال إلى السحابة.",
    "أثبت أن √2 عدد غير نسبي.",
    "حلل مزايا وعيوب الخدمات المصغرة.",
    "הכן תוכנית למעבר לענן.",
    "הוכח כי √2 אינו רציונלי.",
    "נתח את היתרונות והחסרונות של מיקרו-שירותים.",
    "क्लाउड में माइग्रेशन की योजना बनाएं।",
    "सिद्ध करें कि √2 अपरिमेय है।",
    "माइक्रोसर्विसेज के फायदे और नुकसान का विश्लेषण करें।",
    "制定一个迁移到云端的计划。",
    "证明√2是无理数",
    "分析微服务架构的优缺点。",
    "クラウドへの移行計画を立ててください。",
    "√2が無理数であることを証明してください。",
    "マイクロサービスのメリットとデメリットを分析して。",
    "클라우드 이전 계획을 세워 주세요.",
    "√2가 무리수임을 증명하세요.",
    "마이크로서비스의 장단점을 분석해 주세요."};

constexpr std::string_view easy_prompts[] = {"What is the capital of France?",
                                             "Translate 'good morning' into Spanish.",
                                             "Convert 5 miles to km",
                                             "What time is it in Tokyo?",
                                             "Who wrote Hamlet?",
                                             "How old is the Eiffel Tower?",
                                             "Set an alarm for 7 am",
                                             "Tell me a joke",
                                             "What's the weather like today?",
                                             "Define photosynthesis",
                                             "Play some jazz",
                                             "Why does my credit card have a hold on it?",
                                             "Rate this book 4 stars",
                                             "Bewerte dieses Buch mit 1",
                                             "Nope, that's all.",
                                             "Explain quantum computing in simple terms.",
                                             "Was ist die Hauptstadt von Frankreich?",
                                             "Übersetze \"Guten Morgen\" ins Englische",
                                             "Wie spät ist es in Tokio?",
                                             "Quelle est la capitale de la France ?",
                                             "Traduis bonjour en anglais",
                                             "¿Cuál es la capital de Francia?",
                                             "¿Qué hora es en Tokio?",
                                             "Qual é a capital da França?",
                                             "Qual è la capitale della Francia?",
                                             "Wat is de hoofdstad van Frankrijk?",
                                             "Jaka jest stolica Francji?",
                                             "Какая столица Франции?",
                                             "Переведи «доброе утро» на английский",
                                             "Яка столиця Франції?",
                                             "Fransa'nın başkenti neresidir?",
                                             "ما هي عاصمة فرنسا؟",
                                             "מהי בירת צרפת?",
                                             "फ्रांस की राजधानी क्या है?",
                                             "法国的首都是哪里？",
                                             "现在东京几点？",
                                             "フランスの首都はどこですか？",
                                             "프랑스의 수도는 어디인가요?",
                                             "东京今天天气怎么样？"};

TEST(Need, planning_proof_and_analysis_are_hard_on_the_first_turn_in_every_language) {
    for (const std::string_view prompt : hard_prompts) {
        const Assessment found = assess({.prompt = prompt});
        EXPECT_TRUE(found.hard) << prompt << ' ' << found.need;
        EXPECT_NE(found.level, ThinkingLevel::off) << prompt;
        EXPECT_GE(found.budget, 1024) << prompt;
    }
}

TEST(Need, lookups_and_small_talk_are_cheap_even_after_a_hard_turn) {
    for (const std::string_view prompt : easy_prompts) {
        for (const bool first : {true, false}) {
            const Assessment found =
                first ? assess({.prompt = prompt})
                      : assess({.prompt = prompt,
                                .last_prompt =
                                    "Prove that there are infinitely many primes of the form 4k+3, step by step.",
                                .last_answer = "Suppose that there are finitely many...",
                                .turns = 4});
            EXPECT_FALSE(found.hard) << prompt << ' ' << found.need << ' ' << found.reasons.front();
            EXPECT_EQ(found.level, ThinkingLevel::off) << prompt;
            EXPECT_EQ(found.budget, 0) << prompt;
        }
    }
}

TEST(Need, each_fact_of_the_turn_before_alone_switches_thinking_on) {
    constexpr std::string_view prompt = "What is the capital of France?";
    ASSERT_FALSE(assess({.prompt = prompt, .turns = 1}).hard);
    const Assessment facts[] = {
        assess({.prompt = prompt, .turns = 1, .tool_errors = 1}),
        assess({.prompt = prompt, .turns = 1, .failed_checks = 1}),
        assess({.prompt = prompt, .turns = 1, .self_report = 0.45}),
        assess({.prompt = prompt, .turns = 1, .drift = 0.51}),
        assess({.prompt = prompt, .last_answer = "It may be Lyon, but I'm not sure.", .turns = 1})};
    for (const Assessment& found : facts) {
        EXPECT_TRUE(found.hard) << found.reasons.front();
        EXPECT_GE(found.budget, 1024);
        EXPECT_GT(found.uncertainty, 0.5);
    }
    EXPECT_FALSE(assess({.prompt = prompt, .turns = 1, .self_report = 0.9}).hard);
    EXPECT_FALSE(assess({.prompt = prompt, .turns = 1, .drift = 0.4}).hard);
    EXPECT_FALSE(assess({.prompt = prompt, .turns = 1, .turn_failed = true}).hard);
}

TEST(Need, several_doubts_are_worth_more_than_one) {
    const double one = assess({.prompt = "And in 1990?", .turns = 1, .tool_errors = 1}).need;
    const double two = assess({.prompt = "And in 1990?", .turns = 1, .tool_errors = 1, .failed_checks = 1}).need;
    EXPECT_GT(two, one);
    EXPECT_LT(two, 1.0);
}

TEST(Need, the_users_correction_switches_thinking_on) {
    for (const std::string_view prompt : {"That's wrong.",
                                          "that is wrong",
                                          "No, I meant the other one",
                                          "Wrong.",
                                          "You made a mistake in line 3",
                                          "That's not what I asked, that's incorrect",
                                          "Das stimmt nicht.",
                                          "Das ist falsch!",
                                          "Nein, ich meinte Berlin",
                                          "C'est faux.",
                                          "Tu te trompes",
                                          "Eso está mal",
                                          "No es correcto.",
                                          "Está errado.",
                                          "È sbagliato.",
                                          "Hai sbagliato",
                                          "Dat klopt niet.",
                                          "To nieprawda.",
                                          "Mylisz się.",
                                          "Это неправильно.",
                                          "Ты ошибся",
                                          "Це неправильно.",
                                          "Bu yanlış.",
                                          "هذا خطأ",
                                          "أنت مخطئ",
                                          "זה לא נכון",
                                          "यह गलत है",
                                          "这是错的。",
                                          "你错了",
                                          "不对",
                                          "違います。",
                                          "間違っています",
                                          "틀렸어요",
                                          "그게 아니라 서울이요"}) {
        const Assessment found =
            assess({.prompt = prompt, .last_prompt = "Capital of Australia?", .last_answer = "Sydney.", .turns = 1});
        EXPECT_TRUE(found.hard) << prompt << ' ' << found.need;
        EXPECT_TRUE(says(found, "corrects")) << prompt;
    }
}

TEST(Need, a_contradiction_switches_thinking_on) {
    for (const std::string_view prompt :
         {"But you said it was Canberra.", "That contradicts your first answer", "Aber du hast gesagt, es sei Canberra",
          "Mais tu as dit Canberra", "Pero dijiste Canberra", "Mas você disse Canberra", "Ma hai detto Canberra",
          "Maar je zei Canberra", "Ale powiedziałeś Canberra", "Но ты сказал Канберра", "Але ти казав Канберра",
          "Ama demiştin ki Canberra", "لكنك قلت كانبرا", "אבל אמרת קנברה", "लेकिन आपने कहा था कैनबरा", "但是你说是堪培拉",
          "さっき言ったことと違う", "아까는 캔버라라고 했잖아"}) {
        EXPECT_TRUE(assess({.prompt = prompt, .last_answer = "Sydney.", .turns = 1}).hard) << prompt;
    }
}

TEST(Need, going_on_is_as_hard_as_what_goes_on) {
    constexpr std::string_view hard = "Prove that there are infinitely many primes of the form 4k+3.";
    EXPECT_TRUE(assess({.prompt = "continue", .last_prompt = hard, .last_answer = "First part.", .turns = 1}).hard);
    EXPECT_FALSE(assess({.prompt = "continue",
                         .last_prompt = "Tell me a joke",
                         .last_answer = "A horse walks into a bar.",
                         .turns = 1})
                     .hard);
}

TEST(Need, the_budget_grows_with_the_need_from_1024_to_16384) {
    const Assessment low = assess({.prompt = "And now?", .turns = 1, .drift = 0.51});
    EXPECT_EQ(low.budget, 1024);
    EXPECT_EQ(low.level, ThinkingLevel::low);
    const Assessment all = assess(
        {.prompt = "And now?", .turns = 1, .tool_errors = 1, .failed_checks = 1, .self_report = 0.0, .drift = 1.0});
    EXPECT_EQ(all.budget, 16384);
    EXPECT_EQ(all.level, ThinkingLevel::max);
    std::int64_t before = 0;
    for (int i = 0; i <= 10; ++i) {
        const Assessment found = assess({.prompt = "And now?", .turns = 1, .drift = 0.505 + 0.0495 * i});
        EXPECT_GE(found.budget, before);
        before = found.budget;
    }
    EXPECT_GE(before, 8192);
}

TEST(Need, the_same_facts_give_the_same_assessment) {
    for (const std::string_view prompt : hard_prompts) {
        const Assessment a = assess({.prompt = prompt});
        const Assessment b = assess({.prompt = prompt});
        EXPECT_EQ(a.need, b.need);
        EXPECT_EQ(a.reasons, b.reasons);
    }
}

TEST(Need, reasons_are_words_with_numbers) {
    const Assessment found = assess({.prompt = "Plan the migration of a 2 TB PostgreSQL database with zero downtime."});
    EXPECT_EQ(found.kind, TaskKind::planning);
    ASSERT_GE(found.reasons.size(), 2U);
    EXPECT_TRUE(says(found, "planning wording"));
    EXPECT_TRUE(says(found, "threshold 0.50"));
}

TEST(Need, a_huge_prompt_and_broken_text_are_judged_too) {
    std::string prompt(20'000'000, 'x');
    prompt += "\nThink carefully.";
    EXPECT_TRUE(assess({.prompt = prompt}).hard);
    std::string broken;
    for (int i = 0; i < 20000; ++i) broken += static_cast<char>((i * 7919) & 0xFF);
    const Assessment found = assess({.prompt = broken});
    EXPECT_GE(found.need, 0.0);
    EXPECT_LE(found.need, 1.0);
    EXPECT_GE(assess({.prompt = ""}).need, 0.0);
    EXPECT_FALSE(assess({.prompt = ""}).hard);
    EXPECT_FALSE(assess({.prompt = " \n "}).hard);
    EXPECT_FALSE(assess({.prompt = "👍"}).hard);
}

}  // namespace
}  // namespace cortex::brain
