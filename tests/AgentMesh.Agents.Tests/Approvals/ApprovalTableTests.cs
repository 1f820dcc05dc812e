using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Tests.Payments;
using static AgentMesh.Agents.Tests.Approvals.SampleApprovals;

namespace AgentMesh.Agents.Tests.Approvals;

public sealed class ApprovalTableTests
{
    private static readonly DateTimeOffset Now = SamplePayments.Now;

    private ApprovalTable _table = ApprovalTable.Empty;
    private readonly List<string> _log = [];

    [Fact]
    public void Ask_TheFirstTime_OpensOneThatWaits()
    {
        var step = Ask("p1", Now);
        Assert.False(step.IsGranted("p1"));
        Assert.Equal(ApprovalState.Pending, step.Approval.State);
        Assert.Equal(Now + Lifetime, step.Approval.ExpiresAt);
        Assert.Equal(["pending"], _log);
    }

    [Fact]
    public void Ask_AgainWhileItWaits_ChangesNothing()
    {
        var first = Ask("p1", Now);
        var again = Ask("p2", Now.AddMinutes(59));
        Assert.Equal(first.Approval, again.Approval);
        Assert.Empty(again.Facts);
        Assert.Single(_table.All);
    }

    [Theory]
    [InlineData(3_599_999, "pending")]
    [InlineData(3_600_000, "expired")]
    public void Find_AtTheEnd_HasExpired(int millisecondsLater, string state)
    {
        var id = Ask("p1", Now).Approval.Id;
        Assert.Equal(state, ApprovalFacts.WordOf(_table.Find(id, Now.AddMilliseconds(millisecondsLater))!.State));
    }

    [Fact]
    public void Ask_AfterItExpired_OpensAnother()
    {
        var first = Ask("p1", Now);
        var second = Ask("p1", Now + Lifetime);
        Assert.NotEqual(first.Approval.Id, second.Approval.Id);
        Assert.Equal(["pending", "expired", "pending"], _log);
        Assert.Equal([ApprovalState.Expired, ApprovalState.Pending], _table.All.Select(approval => approval.State));
    }

    [Fact]
    public void Approved_IsUsedOnce()
    {
        Decide(Ask("p1", Now).Approval.Id, true, Now);
        Assert.True(Ask("p1", Now).IsGranted("p1"));
        // The same payment again, after a lost answer.
        var repeat = Ask("p1", Now.AddHours(2));
        Assert.True(repeat.IsGranted("p1"));
        Assert.Empty(repeat.Facts);
        Assert.Equal(ApprovalState.Approved, repeat.Approval.At(Now.AddHours(2)).State);
        // Another one has to ask.
        var other = Ask("p2", Now);
        Assert.False(other.IsGranted("p2"));
        Assert.Equal(ApprovalState.Pending, other.Approval.State);
        Assert.Equal(["pending", "approved", "used", "pending"], _log);
    }

    [Fact]
    public void Approved_IsForItsDigestOnly()
    {
        Decide(Ask("p1", Now).Approval.Id, true, Now);
        Assert.False(Ask("p1", Now, "https://shop.example/report?more").IsGranted("p1"));
        Assert.True(Ask("p1", Now).IsGranted("p1"));
    }

    [Theory]
    [InlineData(3_599_999, true)]
    [InlineData(3_600_000, false)]
    public void Approved_StandsForALifetimeFromTheDecision(int millisecondsLater, bool granted)
    {
        Decide(Ask("p1", Now).Approval.Id, true, Now.AddMinutes(59));
        Assert.Equal(granted, Ask("p1", Now.AddMinutes(59).AddMilliseconds(millisecondsLater)).IsGranted("p1"));
    }

    [Theory]
    [InlineData(3_599_999, true)]
    [InlineData(3_600_000, false)]
    public void Denied_StandsForALifetimeFromTheDecision(int millisecondsLater, bool refused)
    {
        Decide(Ask("p1", Now).Approval.Id, false, Now);
        var asked = _table.Ask(Request("p1"), Lifetime, Now.AddMilliseconds(millisecondsLater));
        Assert.Equal(refused ? "policy_denied" : null, asked.Refusal?.Code);
    }

    [Theory]
    [InlineData(true, true, null)]
    [InlineData(false, false, null)]
    [InlineData(true, false, "approval_decided")]
    [InlineData(false, true, "approval_decided")]
    public void Decide_Twice_IsTheSameOrRefused(bool first, bool second, string? code)
    {
        var id = Ask("p1", Now).Approval.Id;
        Decide(id, first, Now);
        var again = _table.Decide(id, second, Lifetime, Now.AddMinutes(1));
        Assert.Equal(code, again.Refusal?.Code);
        if (code is null)
            Assert.Empty(again.Value!.Facts);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "approval_decided")]
    public void Decide_AfterItExpired_CountsAsDenied(bool approve, string? code)
    {
        var id = Ask("p1", Now).Approval.Id;
        Assert.Equal(code, _table.Decide(id, approve, Lifetime, Now + Lifetime).Refusal?.Code);
    }

    [Fact]
    public void Decide_WhatWasApprovedAndNotUsedInTime_IsRefused()
    {
        var id = Ask("p1", Now).Approval.Id;
        Decide(id, true, Now);
        Assert.Equal("approval_decided", _table.Decide(id, true, Lifetime, Now + Lifetime).Refusal?.Code);
        Assert.Equal("approval_decided", _table.Decide(id, false, Lifetime, Now + Lifetime).Refusal?.Code);
    }

    [Fact]
    public void Decide_OfNoApproval_IsNotFound() => Assert.Equal("approval_not_found", _table.Decide("nobody", true, Lifetime, Now).Refusal?.Code);

    [Fact]
    public void Ask_WithAllPlacesTaken_IsRefusedUntilOneExpires()
    {
        for (var n = 0; n < ApprovalLimits.Pending; n++)
            Ask("p", Now.AddMilliseconds(n), $"https://shop.example/{n}");
        Assert.Equal("too_many_approvals", _table.Ask(Request("p"), Lifetime, Now + Lifetime - TimeSpan.FromMilliseconds(1)).Refusal?.Code);
        Assert.Null(_table.Ask(Request("p"), Lifetime, Now + Lifetime).Refusal);
    }

    [Fact]
    public void Decided_AreKeptToABound_ThoseThatStandTheLongest()
    {
        var approved = Ask("standing", Now, "https://shop.example/standing").Approval.Id;
        Decide(approved, true, Now);
        for (var n = 0; n < ApprovalLimits.Decided + 10; n++)
        {
            var url = $"https://shop.example/{n}";
            Decide(Ask($"p{n}", Now, url).Approval.Id, true, Now);
            Assert.True(Ask($"p{n}", Now, url).IsGranted($"p{n}"));
        }

        Assert.Equal(ApprovalLimits.Decided, _table.All.Length);
        Assert.NotNull(_table.Find(approved, Now));
    }

    /// <summary>One that waits takes no place of those that do not.</summary>
    [Theory]
    [InlineData(ApprovalLimits.Decided - 1)]
    [InlineData(ApprovalLimits.Decided)]
    public void Ask_WithAllPlacesOfTheDecidedTaken_LetsNoneOfThemGo(int decided)
    {
        for (var n = 0; n < decided; n++)
            Decide(Ask($"p{n}", Now, $"https://shop.example/{n}").Approval.Id, false, Now);
        Ask("waits", Now, "https://shop.example/waits");
        Assert.Equal(decided + 1, _table.All.Length);
        Decide(_table.All[^1].Id, false, Now);
        Assert.Equal(Math.Min(decided + 1, ApprovalLimits.Decided), _table.All.Length);
    }

    [Fact]
    public void Decided_AreKeptForADayAfterwards()
    {
        var id = Ask("p1", Now).Approval.Id;
        Decide(id, false, Now);
        Ask("p2", Now + Lifetime + ApprovalLimits.Kept - TimeSpan.FromMilliseconds(1), "https://shop.example/2");
        Assert.NotNull(_table.Find(id, Now));
        Ask("p3", Now + Lifetime + ApprovalLimits.Kept, "https://shop.example/3");
        Assert.Null(_table.Find(id, Now));
    }

    [Fact]
    public void Ask_WithALongUrl_ShowsTheBeginningAndMeansAllOfIt()
    {
        var url = "https://shop.example/" + new string('a', 2000);
        Decide(Ask("p1", Now, url).Approval.Id, true, Now);
        Assert.Equal(ApprovalLimits.ShownText, _table.All[0].Url!.Length);
        Assert.False(Ask("p1", Now, url + "b").IsGranted("p1"));
        Assert.True(Ask("p1", Now, url).IsGranted("p1"));
    }

    [Fact]
    public void Ask_ForWhatHasNoUrl_ShowsNone() => Assert.Null(_table.Ask(Request("p1") with { Url = null }, Lifetime, Now).Value!.Approval.Url);

    [Fact]
    public void WhoIsRefused_IsToldWhichApprovalItIsAbout()
    {
        var approval = Ask("p1", Now).Approval;
        var waits = ApprovalRefusals.ApprovalRequired(approval);
        Assert.Equal(("approval_required", approval.Id), (waits.Code, waits.ApprovalId));
        Assert.Equal($"A person has to approve this payment first: approval {approval.Id}. The policy's rule ask says ask.", waits.Detail);
        Decide(approval.Id, false, Now);
        Assert.Equal($"The payment was denied by the decision on approval {approval.Id}.", _table.Ask(Request("p1"), Lifetime, Now).Refusal?.Detail);
        Assert.Equal(
            "The approval is denied already; the payment can be tried again to be asked anew when that is over.",
            _table.Decide(approval.Id, true, Lifetime, Now).Refusal?.Detail);
    }

    private ApprovalStep Ask(string paymentId, DateTimeOffset at, string url = "https://shop.example/report") => Take(_table.Ask(Request(paymentId, url), Lifetime, at).Value!);

    private void Decide(string id, bool approve, DateTimeOffset at) => Take(_table.Decide(id, approve, Lifetime, at).Value!);

    private ApprovalStep Take(ApprovalStep step)
    {
        _table = step.Table;
        _log.AddRange(step.Facts.Select(fact => System.Text.Json.JsonElement.Parse(fact.Data).GetProperty("status").GetString()!));
        return step;
    }
}
