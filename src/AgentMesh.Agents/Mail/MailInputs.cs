using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Mail;

/// <summary>What a change of the mailbox needs of the agent's records.</summary>
/// <param name="Turn">Its head, log and turns.</param>
/// <param name="Book">The mailbox, as stored; null when nothing is.</param>
/// <param name="Rules">How mail is set up.</param>
public sealed record MailInputs(TurnInputs Turn, MailBook? Book, MailRules Rules)
{
    /// <summary>The agent's money; may be null where no message carries any.</summary>
    public MailMoney? Money { get; init; }
}

/// <summary>The agent's money.</summary>
/// <param name="Ledger">The ledger, as stored.</param>
/// <param name="Rules">How budgets are set up.</param>
/// <param name="Now">The time by the ledger's own clock.</param>
public sealed record MailMoney(Ledger Ledger, BudgetRules Rules, DateTimeOffset Now);
