using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>Records of the mailbox: when two are equal, their names, and what a head makes of a book that was stored with another one.</summary>
public sealed class MailRecordTests
{
    private static readonly DateTimeOffset Now = FakeAgent.Start;

    [Fact]
    public void Sent_IsAnother_WhenAnythingOfItIs()
    {
        var mail = SampleMail.Sent;
        Assert.Equal(mail, mail with { Via = [.. mail.Via] });
        Assert.False(mail.Equals(null));
        OutMail[] others =
        [
            mail with { Id = "x" }, mail with { To = "x" }, mail with { Content = "x" }, mail with { At = Now.AddDays(1) }, mail with { Deadline = Now.AddDays(9) },
            mail with { Via = ["x"] }, mail with { InReplyTo = null }, mail with { Failure = "x" }, mail with { Topic = "x" }, mail with { State = OutMailState.Delivered },
            mail with { SettledAt = null }, mail with { Reason = null }, mail with { Reply = 3 }, mail with { ReplayedAs = null }, mail with { V = 9 }, mail with { Funds = null },
        ];
        Assert.All(others, other => Assert.False(mail.Equals(other)));
    }

    [Fact]
    public void Received_IsAnother_WhenAnythingOfItIs()
    {
        var mail = SampleMail.Received;
        Assert.Equal(mail, mail with { Via = [.. mail.Via] });
        Assert.False(mail.Equals(null));
        InMail[] others =
        [
            mail with { Id = "x" }, mail with { From = "x" }, mail with { FromN = 9 }, mail with { Content = "x" }, mail with { SentAt = Now.AddDays(9) }, mail with { At = Now.AddDays(9) },
            mail with { Via = ["x"] }, mail with { InReplyTo = new MailReference("x", 1) }, mail with { Failure = "x" }, mail with { Topic = "x" }, mail with { State = InMailState.Read },
            mail with { Session = null }, mail with { Turn = null }, mail with { Reply = null }, mail with { Reason = null }, mail with { V = 9 }, mail with { Funds = null },
        ];
        Assert.All(others, other => Assert.False(mail.Equals(other)));
    }

    [Fact]
    public void LineAndPolicy_AreOthers_WhenAnythingOfThemIs()
    {
        var line = new MailLine("default:bob", [1, 2], 3, Now);
        Assert.Equal(line, line with { Open = [1, 2] });
        Assert.False(line.Equals(null));
        MailLine[] lines = [line with { To = "default:carol" }, line with { Open = [1] }, line with { Attempts = 4 }, line with { TryAt = Now.AddSeconds(1) }];
        Assert.All(lines, other => Assert.False(line.Equals(other)));

        var policy = new MailPolicy(MailReceipt.Answer, ["bob"], ["mallory"]);
        Assert.Equal(policy, new MailPolicy(MailReceipt.Answer, ["bob"], ["mallory"]));
        Assert.False(policy.Equals(null));
        MailPolicy[] policies = [policy with { Receive = MailReceipt.Store }, policy with { Allow = [] }, policy with { Deny = ["bob"] }];
        Assert.All(policies, other => Assert.False(policy.Equals(other)));
    }

    /// <summary>They stand in what is stored and in what callers keep: another version has to make the same ones.</summary>
    [Fact]
    public void Names_AreThoseThatWereGivenBefore()
    {
        Assert.Equal("12-bicbonefbmqno4qrv6zdav5fyq", MailId.Of(12, "r1", null));
        Assert.Equal("3-e7ntypflcwkx73gsy5aurmbs2m", MailId.Of(3, "r0", "k"));
        Assert.Equal("3-e7ntypflcwkx73gsy5aurmbs2m", MailId.Of(3, "another request", "k"));
        Assert.Equal("hulqhl2g7qnabd6fioxiager2i", MailAnswers.SessionOf("default:alice"));
    }

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(true, false, "agent_quarantined")]
    [InlineData(false, true, "agent_erasing")]
    public void Book_ThatIsNotThere_IsEmpty_UnlessTheHeadKnowsOfWork(bool hasWork, bool isErasing, string? code)
    {
        var head = AgentHead.Unborn(Now) with { NextMail = hasWork ? Now : null, IsErasing = isErasing };
        var book = MailBook.Open(head, null);
        Assert.Equal(code, book.Refusal?.Code);
        Assert.Equal(code is null ? MailBook.Empty : null, book.Value);
    }

    /// <summary>
    /// The head has 12 sent, 7 received and 41 events: a message beyond that is none, an answer beyond it was not sent, and a turn beyond it was never begun,
    /// so that its message is answered before those that wait.
    /// </summary>
    [Fact]
    public void Book_IsReadAsFarAsTheHeadKnows()
    {
        var head = AgentHead.Unborn(Now) with { MailOut = 12, MailIn = 7, LastSeq = 41 };
        var stored = MailBook.Empty with
        {
            Lines = [new MailLine("default:bob", [12, 13], 2, Now), new MailLine("default:carol", [13], 0, Now)],
            Answers = [12, 13],
            ToAnswer = [3, 8],
            Answering = [new MailTurn(7, 42, null), new MailTurn(8, 42, null), new MailTurn(7, 41, null), new MailTurn(8, 41, null), new MailTurn(5, 40, 13), new MailTurn(4, 39, 12)],
        };
        var book = MailBook.Open(head, stored).Value!;
        Assert.Equal(new MailLine("default:bob", [12], 2, Now), Assert.Single(book.Lines));
        Assert.Equal([12L], book.Answers);
        Assert.Equal([7L, 3L], book.ToAnswer);
        Assert.Equal([new MailTurn(7, 41, null), new MailTurn(5, 40, null)], book.Answering);
    }

    [Theory]
    [InlineData(30, 20, 10, 10)]
    [InlineData(30, 10, 20, 10)]
    [InlineData(5, 10, 20, 5)]
    [InlineData(null, 20, 10, 10)]
    [InlineData(30, null, null, 30)]
    [InlineData(null, null, null, null)]
    public void Book_IsLookedAtAgain_WhenTheFirstOfItIsDue(int? look, int? first, int? second, int? next)
    {
        ImmutableArray<MailLine> lines = [.. from at in (int?[])[first, second] where at is not null select new MailLine($"default:u{at}", [1], 0, Now.AddSeconds(at.Value))];
        var book = MailBook.Empty with { LookAt = look is { } seconds ? Now.AddSeconds(seconds) : null, Lines = lines };
        Assert.Equal(next is { } due ? Now.AddSeconds(due) : null, book.Next);
    }

    /// <summary>One whose answer is out needs nobody any more.</summary>
    [Fact]
    public void Unanswered_AreThoseThatWait_AndThoseThatTurnsAnswer() => Assert.Equal(2, SampleMail.Book.Unanswered);

    [Theory]
    [InlineData("USD", "USD")]
    [InlineData("eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e", FakeLedger.Usdc)]
    [InlineData(FakeLedger.Usdc, FakeLedger.Usdc)]
    [InlineData("usd", null)]
    [InlineData("EUR", null)]
    [InlineData("eip155:84532", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Funds_AreOfAnAsset_InItsOneSpelling(string? asset, string? known)
    {
        var funds = MailFunds.Create(asset, "1");
        Assert.Equal(known, funds.Value?.Asset);
        Assert.Equal(known is null ? "The message is invalid: the asset of its budget is USD, or a token as CAIP-19." : null, funds.Refusal?.Detail);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("250000", true)]
    [InlineData("340282366920938463463374607431768211455", true)]
    [InlineData("340282366920938463463374607431768211456", false)]
    [InlineData("01", false)]
    [InlineData("-1", false)]
    [InlineData("1.5", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Funds_AreAtomicUnits(string? amount, bool isValid)
    {
        var funds = MailFunds.Create("USD", amount);
        Assert.Equal(isValid ? amount : null, funds.Value?.Amount.ToString());
        Assert.Equal(isValid ? null : "The message is invalid: the amount of its budget is atomic units, as decimal text.", funds.Refusal?.Detail);
    }

    [Theory]
    [InlineData(null, MailReceipt.Store)]
    [InlineData("store", MailReceipt.Store)]
    [InlineData("answer", MailReceipt.Answer)]
    [InlineData("ignore", MailReceipt.Ignore)]
    [InlineData("Answer", null)]
    [InlineData("", null)]
    public void Policy_IsOfAWord(string? word, MailReceipt? receive)
    {
        var policy = MailPolicy.Create(word, null, null);
        Assert.Equal(receive is { } known ? new MailPolicy(known, [], []) : null, policy.Value);
        Assert.Equal(receive is null ? ("invalid_mail_policy", "The mail policy is invalid: receive is store, answer or ignore.") : (null, null), (policy.Refusal?.Code, policy.Refusal?.Detail));
    }

    [Theory]
    [InlineData(64, 64, null, null)]
    [InlineData(65, 0, null, "there are at most 64 patterns in a list")]
    [InlineData(0, 65, null, "there are at most 64 patterns in a list")]
    [InlineData(1, 0, "b*b", "a pattern is a user, the beginning of one and *, or *, and a tenant and a colon before it for another tenant's")]
    [InlineData(0, 1, "b*b", "a pattern is a user, the beginning of one and *, or *, and a tenant and a colon before it for another tenant's")]
    public void Policy_HasListsOfPatterns(int allowed, int denied, string? last, string? wrong)
    {
        string[] allow = [.. Enumerable.Range(0, allowed).Select(n => $"u{n}")], deny = [.. Enumerable.Range(0, denied).Select(n => $"acme:u{n}")];
        if (last is not null)
            (allow, deny) = (allowed > 0 ? [.. allow, last] : allow, denied > 0 ? [.. deny, last] : deny);
        var policy = MailPolicy.Create("answer", allow, deny);
        Assert.Equal(wrong is null ? new MailPolicy(MailReceipt.Answer, [.. allow], [.. deny]) : null, policy.Value);
        Assert.Equal(wrong is null ? null : $"The mail policy is invalid: {wrong}.", policy.Refusal?.Detail);
    }
}
