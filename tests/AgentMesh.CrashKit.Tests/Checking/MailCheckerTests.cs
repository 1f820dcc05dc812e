using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Tests.Checking;

public sealed class MailCheckerTests
{
    [Theory]
    [InlineData("0-1 a ok", "a", "")]
    [InlineData("0-1 a ok", "", "Lost")]
    [InlineData("0-1 a ok", "a a", "Doubled")]
    [InlineData("0-1 a unknown", "", "")]
    [InlineData("0-1 a unknown", "a", "")]
    [InlineData("0-1 a refused", "a", "Wrong")]
    [InlineData("", "a", "Wrong")]
    [InlineData("0-1 a ok; 2-3 b ok", "a b", "")]
    [InlineData("0-1 a ok; 2-3 b ok", "b a", "Wrong")]
    [InlineData("0-2 a ok; 1-3 b ok", "b a", "")]
    [InlineData("0-1 a/k ok messageId=1; 2-3 a/k ok messageId=2", "a", "Wrong")]
    public void Mail_ComesOnceAndInOrder(string sent, string inbox, string wrong) =>
        Assert.Equal(wrong, Rows.Kinds(MailChecker.Check(Rows.Operations(sent), _ => "bob", new Dictionary<string, IReadOnlyList<ReceivedMail>> { ["bob"] = Inbox("alice", inbox) })));

    /// <summary>Whoever waits for mail that is still under way need not wait for this.</summary>
    [Theory]
    [InlineData("0-1 a ok; 2-3 b ok", "", false)]
    [InlineData("0-1 a ok; 2-3 b ok", "a", false)]
    [InlineData("0-1 a ok; 2-3 b ok", "b", true)]
    [InlineData("0-2 a ok; 1-3 b ok", "b", false)]
    public void LostMail_IsFinal_OnceWhatWasSentAfterItHasCome(string sent, string inbox, bool isFinal) => Assert.All(
        MailChecker.Check(Rows.Operations(sent), _ => "bob", new Dictionary<string, IReadOnlyList<ReceivedMail>> { ["bob"] = Inbox("alice", inbox) }),
        violation => Assert.Equal((ViolationKind.Lost, isFinal), (violation.Kind, violation.IsFinal)));

    [Fact]
    public void Order_IsOfAPair_AndNotOfAnInbox()
    {
        var sent = Rows.Operations("0-1 a ok").Concat(Rows.Operations("2-3 b ok", "carol"));
        Assert.Empty(MailChecker.Check(sent, _ => "bob", new Dictionary<string, IReadOnlyList<ReceivedMail>> { ["bob"] = [.. Inbox("carol", "b"), new ReceivedMail(9, "alice", "m", "a")] }));
    }

    [Fact]
    public void Mail_OfAnother_IsLostAndNobodys()
    {
        var violations = MailChecker.Check(Rows.Operations("0-1 a ok"), _ => "bob", new Dictionary<string, IReadOnlyList<ReceivedMail>> { ["bob"] = [], ["carol"] = Inbox("alice", "a") });
        Assert.Equal("Lost Wrong", Rows.Kinds(violations));
    }

    private static ReceivedMail[] Inbox(string from, string contents) =>
        [.. contents.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((content, place) => new ReceivedMail(place + 1, from, $"m{place}", content))];
}
