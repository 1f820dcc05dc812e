using System.Globalization;

namespace AgentMesh.Agents.Conversation;

/// <summary>Names of the agent's state records. Also the layout in the store, so never changed, only added to.</summary>
public static class StateKeys
{
    /// <summary>Key of <see cref="AgentHead"/>.</summary>
    public const string Head = "head";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Turns.TurnTable"/>.</summary>
    public const string Turns = "turns";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Profile.ProfileRecord"/>.</summary>
    public const string Profile = "profile";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Schedules.ScheduleTable"/>.</summary>
    public const string Schedules = "schedules";

    /// <summary>Key of the <see cref="Sessions.SessionIndex"/>.</summary>
    public const string Sessions = "sessions";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Sessions.SessionExpiries"/>.</summary>
    public const string Expiries = "expiries";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Usage.UsageRecord"/>.</summary>
    public const string Usage = "usage";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Wallets.WalletRecord"/>.</summary>
    public const string Wallet = "wallet";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Freezing.FreezeRecord"/>.</summary>
    public const string Freeze = "freeze";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Payments.PaymentBook"/>.</summary>
    public const string Payments = "payments";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Budgets.Ledger"/>.</summary>
    public const string Ledger = "ledger";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Policies.PolicyRecord"/>.</summary>
    public const string Policy = "policy";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Policies.SpendingMemory"/>.</summary>
    public const string Spending = "spending";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Approvals.ApprovalTable"/>.</summary>
    public const string Approvals = "approvals";

    /// <summary>Key of the <see cref="AgentMesh.Agents.CallTasks.CallTaskTable"/>.</summary>
    public const string Tasks = "tasks";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Mail.MailBook"/>.</summary>
    public const string Mail = "mail";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Topics.AgentTopics"/>.</summary>
    public const string Topics = "topics";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Purchases.PurchaseBook"/>.</summary>
    public const string Purchases = "purchases";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Events.PublishedRecord"/>.</summary>
    public const string Published = "published";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Tickets.SpentTickets"/>.</summary>
    public const string Tickets = "tickets";

    /// <summary>Key of a <see cref="AgentMesh.Agents.Purchases.StoredPurchase"/>.</summary>
    public static string Purchase(string id) => "purchase:" + id;

    /// <summary>Key of the <see cref="AgentMesh.Agents.Purchases.PurchaseBody"/> that a purchase sends.</summary>
    public static string PurchaseBody(string id) => "purchase-body:" + id;

    /// <summary>Key of the <see cref="AgentMesh.Agents.Purchases.PurchaseBody"/> that a purchase was answered with.</summary>
    public static string PurchaseAnswer(string id) => "purchase-answer:" + id;

    /// <summary>Key of an <see cref="AgentMesh.Agents.Payments.PaymentPage"/>.</summary>
    public static string PaymentPage(int n) => string.Create(CultureInfo.InvariantCulture, $"payments:{n}");

    /// <summary>Key of a <see cref="AgentMesh.Agents.Payments.PaymentPlace"/>.</summary>
    public static string PaymentPlace(string id) => "payment:" + id;

    /// <summary>Key of a <see cref="Sessions.SessionRecord"/>.</summary>
    public static string Session(string id) => "session:" + id;

    /// <summary>Key of a <see cref="MessagePage"/>.</summary>
    public static string Page(string session, int n) => string.Create(CultureInfo.InvariantCulture, $"page:{session}:{n}");

    /// <summary>Key of an <see cref="AgentMesh.Agents.Summaries.SessionSummary"/>.</summary>
    public static string Summary(string session) => "summary:" + session;

    /// <summary>Key of an <see cref="AgentMesh.Agents.Events.EventLogPage"/>.</summary>
    public static string Events(int n) => string.Create(CultureInfo.InvariantCulture, $"events:{n}");

    /// <summary>Key of an <see cref="AgentMesh.Agents.Mail.OutMail"/>.</summary>
    public static string SentMail(long n) => string.Create(CultureInfo.InvariantCulture, $"mail-out:{n}");

    /// <summary>Key of an <see cref="AgentMesh.Agents.Mail.InMail"/>.</summary>
    public static string ReceivedMail(long n) => string.Create(CultureInfo.InvariantCulture, $"mail-in:{n}");

    /// <summary>Key of the <see cref="AgentMesh.Agents.Mail.MailSenders"/> of a bucket.</summary>
    public static string MailSenders(int bucket) => string.Create(CultureInfo.InvariantCulture, $"mail-from:{bucket}");

    /// <summary>Key of an <see cref="IdempotencyBucket"/>.</summary>
    public static string Bucket(int n) => string.Create(CultureInfo.InvariantCulture, $"idem:{n}");
}
