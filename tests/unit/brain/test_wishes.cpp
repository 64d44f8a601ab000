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

TEST(Wishes, a_wish_to_think_alone_switches_thinking_on) {
    for (const std::string_view prompt : {"Think carefully: what is the capital of France?",
                                          "What is 2+2? Think step by step.",
                                          "Take your time. What colour is the sky?",
                                          "Reason it through: is it cold in May?",
                                          "Denk gut nach: Wie heißt die Hauptstadt von Peru?",
                                          "Wie spät ist es? Schritt für Schritt bitte.",
                                          "Überlege genau, welche Farbe hat Gras?",
                                          "Lass dir Zeit: was ist 3+4?",
                                          "Réfléchis bien : quelle est la capitale du Pérou ?",
                                          "Combien font 3+4 ? Étape par étape.",
                                          "Prends ton temps. Quelle heure est-il ?",
                                          "Piensa bien: ¿cuál es la capital de Perú?",
                                          "¿Cuánto es 3+4? Paso a paso.",
                                          "Pense com cuidado: qual é a capital do Peru?",
                                          "Quanto é 3+4? Passo a passo.",
                                          "Pensa attentamente: qual è la capitale del Perù?",
                                          "Quanto fa 3+4? Passo dopo passo.",
                                          "Denk goed na: wat is de hoofdstad van Peru?",
                                          "Hoeveel is 3+4? Stap voor stap.",
                                          "Pomyśl dobrze: jaka jest stolica Peru?",
                                          "Ile to 3+4? Krok po kroku.",
                                          "Подумай хорошенько: какая столица Перу?",
                                          "Сколько будет 3+4? Шаг за шагом.",
                                          "Подумай добре: яка столиця Перу?",
                                          "Скільки буде 3+4? Крок за кроком.",
                                          "Dikkatlice düşün: Peru'nun başkenti neresi?",
                                          "3+4 kaç eder? Adım adım.",
                                          "فكر جيدا: ما هي عاصمة بيرو؟",
                                          "كم يساوي 3+4؟ خطوة بخطوة",
                                          "תחשוב היטב: מהי בירת פרו?",
                                          "כמה זה 3+4? שלב אחר שלב",
                                          "ध्यान से सोचो: पेरू की राजधानी क्या है?",
                                          "3+4 कितना है? चरण दर चरण",
                                          "仔细思考：秘鲁的首都是哪里？",
                                          "3+4等于多少？请一步一步来",
                                          "よく考えてください：ペルーの首都はどこですか？",
                                          "3+4は？段階的に説明して",
                                          "신중하게 생각해 보세요: 페루의 수도는?",
                                          "3+4는? 단계별로"}) {
        const Assessment found = assess({.prompt = prompt});
        EXPECT_TRUE(found.hard) << prompt << ' ' << found.need;
        EXPECT_NE(found.level, ThinkingLevel::off) << prompt;
        EXPECT_TRUE(says(found, "wishes for thinking")) << prompt;
    }
}

TEST(Wishes, a_wish_for_a_quick_answer_beats_complexity) {
    for (const std::string_view prompt : {"Quickly: prove that sqrt(2) is irrational.",
                                          "Prove that sqrt(2) is irrational, just the answer.",
                                          "Briefly, analyze the pros and cons of microservices.",
                                          "Analyze the trade-offs of sharding. Keep it short.",
                                          "Beweise, dass √2 irrational ist. Keine langen Überlegungen.",
                                          "Analysiere kurz und knapp die Vor- und Nachteile von Kubernetes.",
                                          "Démontre que √2 est irrationnel. Juste la réponse.",
                                          "Demuestra que √2 es irracional. Solo la respuesta.",
                                          "Prove que √2 é irracional. Só a resposta.",
                                          "Dimostra che √2 è irrazionale. Solo la risposta.",
                                          "Bewijs dat √2 irrationaal is. Alleen het antwoord.",
                                          "Udowodnij, że √2 jest niewymierny. Tylko odpowiedź.",
                                          "Докажи, что √2 иррационально. Только ответ.",
                                          "Доведи, що √2 ірраціональне. Тільки відповідь.",
                                          "√2'nin irrasyonel olduğunu ispatla. Sadece cevap.",
                                          "أثبت أن √2 غير نسبي. الجواب فقط",
                                          "הוכח כי √2 אינו רציונלי. רק את התשובה",
                                          "सिद्ध करें कि √2 अपरिमेय है। सिर्फ जवाब",
                                          "证明√2是无理数。只要答案",
                                          "√2が無理数であることを証明して。答えだけ",
                                          "√2가 무리수임을 증명하세요. 답만"}) {
        const Assessment found = assess({.prompt = prompt});
        EXPECT_FALSE(found.hard) << prompt << ' ' << found.need;
        EXPECT_EQ(found.level, ThinkingLevel::off) << prompt;
        EXPECT_TRUE(says(found, "quick answer")) << prompt;
    }
}

TEST(Wishes, a_wish_to_think_beats_a_wish_for_quickness) {
    for (const std::string_view prompt :
         {"Think carefully, but keep it short: is 91 prime?",
          "Give me just the answer, but think step by step first: 17*23?",
          "Denk gründlich nach und gib nur die Antwort: 17*23?", "仔细思考，只要答案：17*23"}) {
        EXPECT_TRUE(assess({.prompt = prompt}).hard) << prompt;
    }
}

TEST(Wishes, a_wish_that_is_turned_round_is_one_for_quickness) {
    for (const std::string_view prompt :
         {"No need to think carefully, what is the capital of Peru?",
          "You don't have to think step by step: analyze the pros and cons of REST.",
          "Don't overthink it: plan my day.", "Without thinking step by step, prove that 91 is not prime.",
          "Du musst nicht gut nachdenken: analysiere REST.", "Pas besoin de réfléchir : analyse REST.",
          "No hace falta que pienses paso a paso: analiza REST.", "不用仔细思考，分析一下REST的优缺点",
          "じっくり考えなくていいので、RESTを分析して", "깊이 생각하지 말고 REST를 분석해줘",
          "Не нужно думать шаг за шагом: проанализируй REST."}) {
        const Assessment found = assess({.prompt = prompt});
        EXPECT_FALSE(found.hard) << prompt << ' ' << found.need << ' ' << found.reasons.front();
        EXPECT_FALSE(says(found, "wishes for thinking")) << prompt;
    }
}

TEST(Wishes, what_is_quoted_or_to_be_translated_is_no_wish) {
    for (const std::string_view prompt :
         {"Translate \"think carefully\" into German", "Translate into French: think step by step",
          "Übersetze: take your time", "How quickly does light travel?", "翻译：think carefully",
          "What do cats do?\nA. answer quickly\nB. think twice\nC. sleep"}) {
        const Assessment found = assess({.prompt = prompt});
        EXPECT_FALSE(found.hard) << prompt << ' ' << found.need;
        EXPECT_FALSE(says(found, "wishes")) << prompt;
    }
}

}  // namespace
}  // namespace cortex::brain
