"""The hub's pages, in folders by what they are about; Vietnamese first, English second."""
