using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Mail;
using CsCheck;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>Mailboxes for the tests of stored records.</summary>
internal static class SampleMail
{
    internal static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly string Id = MailId.Of(12, "r1", null);

    private static readonly Gen<DateTimeOffset> Times = Gen.Long[0, 253_402_300_799_999].Select(DateTimeOffset.FromUnixTimeMilliseconds);
    private static readonly Gen<long> Numbers = Gen.Long[0, (1L << 48) - 1];
    private static readonly Gen<string> Texts = Gen.String.Where(text => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)) == text);
    private static readonly Gen<MailFunds> Funds = Gen.ULong.Select(Gen.ULong, (high, low) => new MailFunds(BudgetAssets.Usd, new UInt128(high, low)));

    internal static Gen<object> AnyBook { get; } =
        from sent in Gen.Byte.Array[0, 60]
        from open in Numbers.Array[1, 5]
        from answering in Numbers.Array[3]
        from attempts in Gen.Int[0, 1000]
        from at in Times
        from look in Times.Nullable()
        from receipt in Gen.Enum<MailReceipt>()
        select (object)new MailBook(
            new PackedEntries(sent), [new MailLine("default:bob", [.. open], attempts, at)], [.. open], [new MailTurn(answering[0], answering[1], attempts % 2 == 0 ? null : answering[2])], look,
            attempts % 3 == 0 ? null : new MailPolicy(receipt, ["bob", "bot-*"], []), [.. open.Take(attempts % 3)]);

    internal static Gen<object> AnySent { get; } =
        from texts in Texts.Array[6]
        from times in Times.Array[3]
        from numbers in Numbers.Array[3]
        from state in Gen.Enum<OutMailState>()
        from funds in Funds.Null()
        from bare in Gen.Bool
        select (object)new OutMail(
            texts[0], texts[1], texts[2], times[0], times[1], [texts[3], texts[4]], bare ? null : new MailReference(texts[5], numbers[0]), bare ? null : texts[1], bare ? texts[2] : null, state,
            bare ? times[2] : null, bare ? null : new MailReason(texts[0], texts[5]), bare ? numbers[1] : null, bare ? null : numbers[2])
        {
            Funds = funds,
        };

    internal static Gen<object> AnyReceived { get; } =
        from texts in Texts.Array[6]
        from times in Times.Array[2]
        from numbers in Numbers.Array[4]
        from state in Gen.Enum<InMailState>()
        from funds in Funds.Null()
        from bare in Gen.Bool
        select (object)new InMail(
            texts[0], texts[1], numbers[0], texts[2], times[0], times[1], [texts[3]], bare ? null : new MailReference(texts[4], numbers[1]), bare ? null : texts[5], bare ? texts[5] : null, state,
            bare ? null : texts[4], bare ? numbers[2] : null, bare ? null : numbers[3], bare ? new MailReason(texts[1], texts[2]) : null)
        {
            Funds = funds,
        };

    internal static MailBook Book { get; } = new(
        PackedEntries.Empty, [new MailLine("default:bob", [12, 13], 1, Now.AddSeconds(30))], [7], [new MailTurn(6, 41, null), new MailTurn(5, 38, 11)], Now.AddSeconds(30),
        new MailPolicy(MailReceipt.Answer, ["bob", "acme:*"], ["mallory"]), [13]);

    internal static OutMail Sent { get; } = new(
        Id, "default:bob", "Is it so? <a>&+", Now, Now.AddHours(24), ["default:carol", "default:alice"], new MailReference(MailId.Of(3, "r0", "k"), 3), null, "news", OutMailState.Dead,
        Now.AddSeconds(1), new MailReason("mail_not_allowed", "No."), null, 14)
    {
        Funds = new MailFunds(BudgetAssets.Usd, UInt128.MaxValue),
    };

    internal static InMail Received { get; } = new(
        Id, "default:alice", 12, "Is it so? <a>&+", Now, Now.AddSeconds(1), ["default:carol", "default:alice"], null, null, null, InMailState.Failed,
        MailAnswers.SessionOf("default:alice"), 41, 11, new MailReason("turn_failed", "No."))
    {
        Funds = new MailFunds(BudgetAssets.Usd, 250_000),
    };

    /// <summary>What makes a book: its lists have no equality of their own.</summary>
    internal static IEnumerable<object> PartsOf(MailBook book) =>
        [book.Sent, book.V, book.LookAt?.ToString() ?? "", book.Policy?.ToString() ?? "", .. book.Lines, .. book.ToAnswer.Cast<object>(), .. book.Answering, .. book.Answers.Cast<object>().Prepend("answers")];
}
